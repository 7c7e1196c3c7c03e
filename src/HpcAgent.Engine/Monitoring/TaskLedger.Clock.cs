namespace HpcAgent.Engine.Monitoring;

public sealed partial class TaskLedger
{
    private DateTimeOffset? _firstStart;
    private DateTimeOffset? _lastEnd;

    /// <summary>How far the clock by which events are written is ahead of this machine's. All times that the ledger gives are by the latter.</summary>
    public TimeSpan ClockOffset { get; set; }

    /// <summary>The time, by this machine's clock, before which nothing can have happened, whatever a node's clock says: that of the submission.</summary>
    public DateTimeOffset NothingBefore { get; init; } = DateTimeOffset.MinValue;

    /// <summary>When the first attempt of any task started.</summary>
    public DateTimeOffset? FirstStartAt => _firstStart is { } at ? Here(at) : null;

    /// <summary>When the latest attempt of any task ended.</summary>
    public DateTimeOffset? LastEndAt => _lastEnd is { } at ? Here(at) : null;

    /// <summary>When the latest attempt started.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public DateTimeOffset StartedAt(long taskId) => Here(DateTimeOffset.FromUnixTimeMilliseconds(_entries[taskId].StartMilliseconds));

    private DateTimeOffset Here(DateTimeOffset there)
    {
        DateTimeOffset here = there - ClockOffset;
        return here < NothingBefore ? NothingBefore : here;
    }

    private DateTimeOffset There(DateTimeOffset here) => here + ClockOffset;
}
