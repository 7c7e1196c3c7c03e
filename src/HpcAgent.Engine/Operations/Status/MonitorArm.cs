using System.Globalization;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>How whoever watches a run is to be woken next: the original's table (reference 5.10).</summary>
/// <param name="Arm"><c>none</c>, <c>loop</c> (the caller is in a loop that wakes it) or <c>cron</c>.</param>
/// <param name="CadenceSeconds">The time between two looks in seconds; 0 where nothing is to be set up.</param>
/// <param name="Reason">Which line of the table it was.</param>
public sealed record MonitorArm(string Arm, int CadenceSeconds, string Reason)
{
    /// <summary>The cadence where nothing is known.</summary>
    public const int Default = 90;

    /// <summary>The cadence while every task waits.</summary>
    public const int AllPending = 1800;

    /// <summary>The schedule as cron writes it; null where none is to be set up.</summary>
    public string? Schedule => Arm != "cron" ? null
        : CadenceSeconds <= 60 ? "* * * * *"
        : CadenceSeconds < 3600 ? string.Create(CultureInfo.InvariantCulture, $"*/{(CadenceSeconds + 59) / 60} * * * *")
        : string.Create(CultureInfo.InvariantCulture, $"0 */{CadenceSeconds / 3600} * * *");

    /// <summary>Decides; the first line that fits counts.</summary>
    /// <param name="request">What is known.</param>
    public static MonitorArm Decide(MonitorArmRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        MonitorArmCounts counts = request.Summary;
        long open = counts.Pending + counts.Running;
        long total = request.TotalTasks ?? (open + counts.Complete + counts.Failed + counts.Unknown);
        if (total > 0 && counts.Complete >= total) return new("none", 0, "terminal: every task is complete");
        if (counts.Failed > 0 && open == 0) return new("none", 0, "terminal: tasks failed, and none waits or runs");
        if (request.UserInvokedViaLoop) return new("loop", 0, "the caller is already woken by a loop");
        (int seconds, string reason) = Cadence(request, counts.Pending > 0 && counts.Pending >= total);
        return new("cron", seconds, reason);
    }

    private static (int Seconds, string Reason) Cadence(MonitorArmRequest request, bool isAllPending) => request switch
    {
        { QueueWaitSec: >= 3600 } => (3600, "the queue wait is an hour or more"),
        { QueueWaitSec: >= 1800 } => (1800, "the queue wait is half an hour or more"),
        { EtaSec: < 600 } => (60, "the end is less than 10 minutes away"),
        { EtaSec: < 1800 } => request.PaceUnstable ? (90, "the end is less than 30 minutes away, at no steady pace") : (180, "the end is less than 30 minutes away"),
        { EtaSec: not null } => request.PaceUnstable ? (90, "the end is far, at no steady pace") : (270, "the end is 30 minutes away or more"),
        _ when isAllPending => (AllPending, "every task waits"),
        _ => (Default, "nothing is known of the end"),
    };
}
