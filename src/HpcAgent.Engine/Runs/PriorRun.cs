namespace HpcAgent.Engine.Runs;

/// <summary>How an earlier run of the same identity stands in the way of a new one.</summary>
public enum PriorRunKind
{
    /// <summary>It waits or runs: nothing is to be submitted.</summary>
    Live,

    /// <summary>Its submission was begun and not finished: it is to be continued with the same tokens.</summary>
    HalfMade,

    /// <summary>It is complete: nothing is to be submitted.</summary>
    Complete,

    /// <summary>There is a sidecar and no intent: a submission that died before its intent, or one from another machine. To be continued
    /// with the same tokens; the cluster knows which of them got in.</summary>
    Unrecorded,
}

/// <summary>An earlier run of the same identity.</summary>
/// <param name="Kind">How it stands in the way.</param>
/// <param name="Record">The run.</param>
public sealed record PriorRun(PriorRunKind Kind, RunRecord Record);

/// <summary>The answer of <c>find-prior-run</c> (reference 3.3 and 5.2).</summary>
public sealed record PriorRunReport
{
    /// <summary>True if a run with these parameters is known.</summary>
    public bool Found { get; init; }

    /// <summary>The run.</summary>
    public string? PriorRunId { get; init; }

    /// <summary>True if neither sidecar nor journal hold a job id.</summary>
    public bool IsOrphan { get; init; }

    /// <summary>Where it stands; null without a journal.</summary>
    public LifecycleState? Status { get; init; }

    /// <summary>Its age in whole seconds, not below 0.</summary>
    public long? AgeSeconds { get; init; }

    /// <summary>The short name of the experiment's configuration.</summary>
    public string? Profile { get; init; }

    /// <summary>The cluster.</summary>
    public string? Cluster { get; init; }

    /// <summary>The scheduler's ids.</summary>
    public IReadOnlyList<string> JobIds { get; init; } = [];

    /// <summary>The campaign, if any.</summary>
    public string? CampaignId { get; init; }

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }
}
