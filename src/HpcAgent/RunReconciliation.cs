namespace HpcAgent;

/// <summary>What came of comparing the record of a run with its cluster. The cluster wins.</summary>
public sealed record RunReconciliation
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which it was sent.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>Where it stands; <see cref="LifecycleState.UnableToVerify"/> if the cluster could not be asked, and then nothing is changed.</summary>
    public required LifecycleState State { get; init; }

    /// <summary>Where it stood in the record before.</summary>
    public required LifecycleState RecordedState { get; init; }

    /// <summary>What was different.</summary>
    public IReadOnlyList<RunDifference> Differences { get; init; } = [];

    /// <summary>All that was seen; null if the cluster could not be asked.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>What is odd about the evidence, or why there is none.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
