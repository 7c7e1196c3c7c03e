using System.Globalization;

namespace HpcAgent;

/// <summary>How many tasks of a run are in which state. The sum of all is the number of tasks.</summary>
public sealed record TaskCounts
{
    /// <summary>Waiting for their turn.</summary>
    public long PendingCount { get; init; }

    /// <summary>Waiting for a person.</summary>
    public long HeldCount { get; init; }

    /// <summary>Running.</summary>
    public long RunningCount { get; init; }

    /// <summary>Ended with success.</summary>
    public long CompleteCount { get; init; }

    /// <summary>Ended with an error of the command.</summary>
    public long FailedCount { get; init; }

    /// <summary>Stopped at the time limit.</summary>
    public long TimeoutCount { get; init; }

    /// <summary>Stopped for lack of memory.</summary>
    public long OutOfMemoryCount { get; init; }

    /// <summary>Lost with their node.</summary>
    public long NodeFailureCount { get; init; }

    /// <summary>Stopped to make room.</summary>
    public long PreemptedCount { get; init; }

    /// <summary>Stopped on request.</summary>
    public long CancelledCount { get; init; }

    /// <summary>Started, and gone without a trace.</summary>
    public long LostCount { get; init; }

    /// <summary>Nothing certain is known.</summary>
    public long UnknownCount { get; init; }

    /// <summary>All tasks that ended without success.</summary>
    public long UnsuccessfulCount =>
        FailedCount + TimeoutCount + OutOfMemoryCount + NodeFailureCount + PreemptedCount + CancelledCount + LostCount;

    /// <summary>All tasks.</summary>
    public long TotalCount => PendingCount + HeldCount + RunningCount + CompleteCount + UnsuccessfulCount + UnknownCount;

    /// <summary>The counts that are not zero, such as <c>97 complete, 3 failed</c>.</summary>
    public override string ToString()
    {
        (long Count, string Name)[] all =
        [
            (CompleteCount, "complete"), (RunningCount, "running"), (PendingCount, "pending"), (HeldCount, "held"), (FailedCount, "failed"),
            (TimeoutCount, "timeout"), (OutOfMemoryCount, "out of memory"), (NodeFailureCount, "node failure"), (PreemptedCount, "preempted"),
            (CancelledCount, "cancelled"), (LostCount, "lost"), (UnknownCount, "unknown"),
        ];
        string[] shown = [.. all.Where(c => c.Count > 0).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Count} {c.Name}"))];
        return shown.Length == 0 ? "no tasks" : string.Join(", ", shown);
    }
}
