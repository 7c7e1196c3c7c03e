using System.Globalization;

namespace HpcAgent;

/// <summary>Failed tasks that are left as they are.</summary>
public sealed record ResumeRefusal
{
    /// <summary>Why they failed.</summary>
    public required FailureCategory Category { get; init; }

    /// <summary>Their 0-based ids, ascending.</summary>
    public required IReadOnlyList<long> TaskId { get; init; }

    /// <summary>The cause, in the words of the log or the scheduler.</summary>
    public required string Cause { get; init; }

    /// <summary>Why they do not run again, and what would help.</summary>
    public required string Reason { get; init; }

    /// <summary>How many tasks.</summary>
    public long TaskCount => TaskId.Count;

    /// <summary>Count, cause and reason.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TaskCount} x {Category}: {Cause} ({Reason})");
}
