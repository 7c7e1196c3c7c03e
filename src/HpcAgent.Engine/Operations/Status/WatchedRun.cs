namespace HpcAgent.Engine.Operations.Status;

/// <summary>One look at one of the runs that are watched.</summary>
/// <param name="Index">Its place among those that were asked for.</param>
/// <param name="RunId">The run.</param>
/// <param name="Status">Where it stands, as far as is known; its state is <see cref="LifecycleState.Timeout"/> if the time was up first.</param>
/// <param name="Error">Why this look found nothing out, or null.</param>
/// <param name="IsOver">True if it is not watched any more: it has come to where it was awaited, the time is up, or it cannot be looked at.</param>
public sealed record WatchedRun(int Index, string RunId, RunStatus? Status, HpcException? Error, bool IsOver)
{
    /// <summary>How often it was looked at.</summary>
    public int LookCount { get; init; }

    /// <summary>How long it has been watched.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>When the next look is due; null if it is over.</summary>
    public DateTimeOffset? NextLookAt { get; init; }

    /// <summary>What was sent again by itself after this look, or null.</summary>
    public RunResumption? Resumption { get; init; }

    /// <summary>How often that was done with the run, with this time.</summary>
    public int Round { get; init; }

    /// <summary>What went wrong beside the look itself, such as the command that was to be told of changes.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
