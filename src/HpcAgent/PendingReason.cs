using System.Globalization;

namespace HpcAgent;

/// <summary>Why some tasks of a run wait.</summary>
public sealed record PendingReason
{
    /// <summary>How many tasks wait for it.</summary>
    public required long TaskCount { get; init; }

    /// <summary>The scheduler's own word for it, or null if it has none.</summary>
    public string? RawReason { get; init; }

    /// <summary>The reason in plain words.</summary>
    public required string Explanation { get; init; }

    /// <summary>What would change it.</summary>
    public required string Remedy { get; init; }

    /// <summary>True if they wait for ever unless someone does something.</summary>
    public bool IsStuck { get; init; }

    /// <summary>When the scheduler expects the first of them to start, if it says so.</summary>
    public DateTimeOffset? EstimatedStart { get; init; }

    /// <summary>The scheduler's ids of their arrays.</summary>
    public IReadOnlyList<string> JobIds { get; init; } = [];

    /// <summary>How many tasks wait, and why.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TaskCount} {(TaskCount == 1 ? "task" : "tasks")}: {Explanation}");
}
