using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>Something that happened to a run. The journal gives it its number and its time.</summary>
public abstract record JournalEvent
{
    /// <summary>When it was written, UTC. Not to be trusted for order: clocks are set back.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Its number in the journal, from 1; 0 before it is written.</summary>
    public long Sequence { get; init; }

    /// <summary>True if it must be on disk before the work goes on.</summary>
    internal abstract bool IsDurable { get; }
}

/// <summary>A submission is about to be sent.</summary>
public sealed record IntentEvent : JournalEvent
{
    /// <summary>The full identity.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>The token of each array of this submission, in the order of the plan.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>The parameter identity.</summary>
    public string CmdSha { get; init; } = "";

    /// <summary>The cluster.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>The short name of the experiment's configuration.</summary>
    public string Profile { get; init; } = "";

    /// <summary>How many tasks the run has.</summary>
    public long TaskCount { get; init; }

    /// <summary>The command as the user wrote it.</summary>
    public string Command { get; init; } = "";

    /// <summary>The folder on the cluster below which the run lives.</summary>
    public string RemotePath { get; init; } = "";

    /// <summary>The folder of this run's results on the cluster.</summary>
    public string ResultPath { get; init; } = "";

    /// <summary>The campaign, if any.</summary>
    public string? CampaignId { get; init; }

    /// <summary>The id under which the caller may repeat its request.</summary>
    public string? RequestId { get; init; }

    /// <summary>How this submission is laid out.</summary>
    public RunPlan? Plan { get; init; }

    /// <inheritdoc/>
    internal override bool IsDurable => true;
}

/// <summary>The script of the last intent has been sent; what became of it is not known yet.</summary>
public sealed record SentEvent : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => false;
}

/// <summary>The scheduler took an array.</summary>
/// <param name="ArrayIndex">Its index in the plan.</param>
/// <param name="Token">Its token.</param>
/// <param name="JobId">The scheduler's id.</param>
public sealed record JobIdEvent(int ArrayIndex, string Token, string JobId) : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => true;
}

/// <summary>All arrays of the last intent are in.</summary>
public sealed record SubmittedEvent : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => true;
}

/// <summary>The cluster was asked.</summary>
/// <param name="Lifecycle">What came out.</param>
/// <param name="Counts">The states of the tasks, if they are known.</param>
public sealed record ObservedEvent(LifecycleState Lifecycle, TaskCounts? Counts = null) : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => false;
}

/// <summary>The run has ended, on evidence or by decision.</summary>
/// <param name="Lifecycle">How.</param>
/// <param name="Reason">Why, if there is more to say.</param>
public sealed record EndedEvent(LifecycleState Lifecycle, string? Reason = null) : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => true;
}

/// <summary>A person asked for the run to be stopped.</summary>
public sealed record StopRequestedEvent : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => true;
}

/// <summary>The run's files were removed from the cluster.</summary>
public sealed record RemovedEvent : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => true;
}

/// <summary>A remark for people.</summary>
/// <param name="Text">The remark.</param>
public sealed record NoteEvent(string Text) : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => false;
}

/// <summary>An event of a later version; it is kept and skipped.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Content">All of it.</param>
public sealed record UnknownEvent(string Kind, JsonElement Content) : JournalEvent
{
    /// <inheritdoc/>
    internal override bool IsDurable => true;
}
