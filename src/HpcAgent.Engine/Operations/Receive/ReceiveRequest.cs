namespace HpcAgent.Engine.Operations.Receive;

/// <summary>Asks for copies of result files.</summary>
public sealed record ReceiveRequest
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The absolute folder for the copies; files keep their place below the run's results.</summary>
    public required string Destination { get; init; }

    /// <summary>Patterns with * and ?, of names or of paths below a task's folder; none takes every file.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>The tasks; null for all.</summary>
    public IReadOnlyCollection<long>? TaskIds { get; init; }

    /// <summary>Told of each file that is in its place, new or not: its task and its path.</summary>
    public Action<long, string>? Received { get; init; }

    /// <summary>Whether a file that is there and differs is replaced.</summary>
    public bool Overwrites { get; init; }
}
