using System.Globalization;

namespace HpcAgent;

/// <summary>Failed tasks of one cause that run again with the same request.</summary>
public sealed record ResumeGroup
{
    /// <summary>Why they failed.</summary>
    public required FailureCategory Category { get; init; }

    /// <summary>Their 0-based ids, ascending.</summary>
    public required IReadOnlyList<long> TaskId { get; init; }

    /// <summary>What each asks for now.</summary>
    public required ResourceRequest Resources { get; init; }

    /// <summary>What else they ask of the scheduler in place of what the run asked for, such as <c>constraint</c>; null where that is the same.</summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>Why it asks for that, with the numbers that it rests on.</summary>
    public required string Reason { get; init; }

    /// <summary>How many tasks.</summary>
    public long TaskCount => TaskId.Count;

    /// <summary>Count and reason.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TaskCount} x {Category}: {Reason}");
}
