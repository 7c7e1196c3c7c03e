namespace HpcAgent.Engine.Hosts;

/// <summary>A POSIX shell script for a host.</summary>
/// <remarks>
/// The host runs it as one brace group under <c>/bin/sh</c>, so that a stream that is cut runs nothing. The script may use, beside POSIX:
/// <list type="bullet">
/// <item><c>hpc_part NAME</c>: begins a part of the answer; what is printed afterwards, any bytes, belongs to it;</item>
/// <item>its standard input: the payload and nothing else, to its end.</item>
/// </list>
/// The exit status of its last command, or of its <c>exit</c>, comes back in <see cref="HostAnswer.ExitCode"/>.
/// </remarks>
public sealed record HostScript
{
    /// <summary>What it is for, in a few words, such as <c>submit run-1</c>; for messages and verbose output.</summary>
    public required string Purpose { get; init; }

    /// <summary>The script, without a shebang.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// Writes what the script reads from its standard input; null for nothing. It does not close the stream. A call that fails here ends
    /// the script's input early, so the script must see for itself whether it is whole, as tar and gzip do. It may be called again where
    /// a connection failed before anything was sent.
    /// </summary>
    public Func<Stream, CancellationToken, Task>? Payload { get; init; }

    /// <summary>
    /// Chooses where the content of a part goes as it arrives, by the name of the part; the stream is not closed. Null, or no stream,
    /// keeps the part in memory. A part that goes to a stream is empty in <see cref="HostAnswer.Parts"/>.
    /// </summary>
    public Func<string, Stream?>? Receive { get; init; }

    /// <summary>How many bytes of the answer are kept in memory at most; a larger answer is an error.</summary>
    public long AnswerLimit { get; init; } = 256L << 20;

    /// <summary>How long all of it may take, connection included.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);
}
