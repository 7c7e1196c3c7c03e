namespace HpcAgent.Engine.Operations.Failures;

/// <summary>Why tasks of a run failed.</summary>
public sealed record FailuresResult
{
    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>The kind of its cluster's scheduler.</summary>
    public required string Scheduler { get; init; }

    /// <summary>Its status.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>The groups, the largest first.</summary>
    public required IReadOnlyList<FailureGroup> Groups { get; init; }

    /// <summary>How many tasks have failed, whether or not their groups were asked for.</summary>
    public required long FailedCount { get; init; }

    /// <summary>The tasks that were preempted.</summary>
    public required IReadOnlyList<long> PreemptedTaskIds { get; init; }

    /// <summary>What the policy of the run does about them, or would do.</summary>
    public required RetryOutlook Outlook { get; init; }

    /// <summary>How many logs have not been read yet; the next look goes on with them.</summary>
    public required long UnreadLogCount { get; init; }
}
