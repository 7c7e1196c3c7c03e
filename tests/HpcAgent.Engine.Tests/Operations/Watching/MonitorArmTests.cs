using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>The original's table of when to look again.</summary>
public sealed class MonitorArmTests
{
    [Theory]
    [InlineData(0, 5, 5, null, false, 3600.0, "cron", 3600, "0 */1 * * *")]
    [InlineData(0, 0, 10, 100.0, false, 7200.0, "cron", 3600, "0 */1 * * *")]
    [InlineData(0, 0, 10, null, false, 1800.0, "cron", 1800, "*/30 * * * *")]
    [InlineData(5, 5, 0, 599.0, false, null, "cron", 60, "* * * * *")]
    [InlineData(5, 5, 0, 600.0, false, null, "cron", 180, "*/3 * * * *")]
    [InlineData(5, 5, 0, 600.0, true, null, "cron", 90, "*/2 * * * *")]
    [InlineData(5, 5, 0, 1800.0, false, null, "cron", 270, "*/5 * * * *")]
    [InlineData(5, 5, 0, 90000.0, true, null, "cron", 90, "*/2 * * * *")]
    [InlineData(0, 0, 10, null, false, null, "cron", 1800, "*/30 * * * *")]
    [InlineData(0, 1, 9, null, false, null, "cron", 90, "*/2 * * * *")]
    [InlineData(10, 0, 0, 100.0, false, 7200.0, "none", 0, null)]
    public void The_first_line_that_fits_counts(
        long complete, long running, long pending, double? eta, bool unstable, double? queue, string arm, int cadence, string? schedule)
    {
        MonitorArm decided = MonitorArm.Decide(Request(complete, running, pending) with { EtaSec = eta, PaceUnstable = unstable, QueueWaitSec = queue });
        Assert.Equal((arm, cadence, schedule), (decided.Arm, decided.CadenceSeconds, decided.Schedule));
    }

    [Fact]
    public void A_run_that_failed_is_not_watched_and_a_loop_needs_no_other_waking()
    {
        MonitorArmRequest failed = Request(3, 0, 0) with { TotalTasks = 10 };
        failed = failed with { Summary = failed.Summary with { Failed = 7 } };
        Assert.Equal("none", MonitorArm.Decide(failed).Arm);
        MonitorArm loop = MonitorArm.Decide(Request(3, 7, 0) with { UserInvokedViaLoop = true, EtaSec = 10 });
        Assert.Equal(("loop", 0, null), (loop.Arm, loop.CadenceSeconds, loop.Schedule));
        Assert.Equal("none", MonitorArm.Decide(failed with { UserInvokedViaLoop = true }).Arm);
    }

    private static MonitorArmRequest Request(long complete, long running, long pending) => new()
    {
        RunId = "r",
        TotalTasks = 10,
        Summary = new MonitorArmCounts { Complete = complete, Running = running, Pending = pending },
    };
}
