namespace HpcAgent;

/// <summary>What is known of a run at one moment.</summary>
public sealed record RunStatus
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which the run was sent.</summary>
    public string ExperimentPath { get; init; } = "";

    /// <summary>Where the run as a whole stands.</summary>
    public required LifecycleState State { get; init; }

    /// <summary>How many tasks are in which state.</summary>
    public required TaskCounts Counts { get; init; }

    /// <summary>When the first task started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last task ended, once the run has ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Task ends per second from the first start on, if tasks have ended.</summary>
    public double? TasksPerSecond { get; init; }

    /// <summary>How much longer it should take, if that can be said.</summary>
    public TimeSpan? Remaining { get; init; }

    /// <summary>When it should end, as an interval with its basis, if that can be said.</summary>
    public FinishEstimate? Finish { get; init; }

    /// <summary>The newest tasks that ended without success, newest first, a few at most.</summary>
    public IReadOnlyList<RunTaskStatus> NewestFailures { get; init; } = [];

    /// <summary>Why tasks wait, what stops most of them first; null if that was not asked, or the scheduler did not say.</summary>
    public IReadOnlyList<PendingReason>? Pending { get; init; }

    /// <summary>What is odd about the evidence: damaged lines, sources that did not answer, contradictions.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>When it makes sense to ask again.</summary>
    public TimeSpan NextCheckAfter { get; init; }

    /// <summary>When this was seen.</summary>
    public DateTimeOffset ObservedAt { get; init; }

    /// <summary>What asking cost.</summary>
    public Wire Wire { get; init; } = new();
}
