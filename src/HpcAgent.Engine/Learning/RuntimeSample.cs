using System.Security.Cryptography;
using System.Text;

namespace HpcAgent.Engine.Learning;

/// <summary>What one attempt of a task took, as it is remembered for later runs.</summary>
public sealed record RuntimeSample
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The 0-based task id; with <see cref="CmdSha"/> it says which parameters it had.</summary>
    public required long TaskId { get; init; }

    /// <summary>The attempt, from 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>How it ended.</summary>
    public required TaskState State { get; init; }

    /// <summary>The identity of the command's text, by <see cref="CommandOf"/>.</summary>
    public required string Command { get; init; }

    /// <summary>The parameter identity of the run.</summary>
    public string CmdSha { get; init; } = "";

    /// <summary>Where it ran, or null.</summary>
    public string? Node { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The exit code, or null.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Its largest memory in bytes, or null.</summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>Its processor time, or null.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>How long its element waited, or null.</summary>
    public TimeSpan? QueueWait { get; init; }

    /// <summary>The processors that it asked for.</summary>
    public int CpusAsked { get; init; } = 1;

    /// <summary>The memory that it asked for, in bytes, or null.</summary>
    public long? MemoryAskedBytes { get; init; }

    /// <summary>The time limit that it asked for, or null.</summary>
    public TimeSpan? WalltimeAsked { get; init; }

    /// <summary>How much is known of what it used.</summary>
    internal int KnownCount => (PeakMemoryBytes is null ? 0 : 1) + (CpuTime is null ? 0 : 1) + (QueueWait is null ? 0 : 1);

    internal (string, long, int) Key => (RunId, TaskId, Attempt);

    /// <summary>The identity of a command's text: the first sixteen hexadecimal digits of the SHA-256 of its UTF-8 bytes.</summary>
    /// <param name="command">The command as the user wrote it.</param>
    public static string CommandOf(string command) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(command)))[..16].ToLowerInvariant();
}
