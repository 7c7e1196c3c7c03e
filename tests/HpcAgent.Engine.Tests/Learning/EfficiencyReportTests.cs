using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Learning;

public class EfficiencyReportTests
{
    private static readonly ResourceRequest Asked = new() { Cpus = 4, MemoryBytes = 8L << 30, Walltime = TimeSpan.FromHours(10) };

    [Fact]
    public void Asked_is_set_beside_used()
    {
        RunEfficiency report = Of(Task(0, 1, cpu: 1.5, peak: 1L << 30), Task(1, 2, cpu: 3, peak: 2L << 30), Task(2, 1, cpu: 1.5, peak: 1L << 30));
        Assert.Equal((3, 16.0, 6.0, 10.0), (report.MeasuredCount, report.AllocatedCoreHours, report.UsedCoreHours, report.WastedCoreHours));
        Assert.Equal((6.0 / 16, 0.25, 0.2), (report.CpuEfficiency, report.MemoryEfficiency, report.WalltimeEfficiency));
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromHours(2)), (report.MedianElapsed, report.LongestElapsed));
        // A fifth above two gigabytes, in steps of 64 MB; half as much again as two hours; 1.5 processors kept busy.
        Assert.Equal(new ResourceRequest { Cpus = 2, MemoryBytes = 39 * (64L << 20), Walltime = TimeSpan.FromHours(3) }, report.Suggested);
    }

    [Fact]
    public void Processor_times_of_tasks_shorter_than_a_second_suggest_no_processors()
    {
        const double moment = 0.05 / 3600;
        Assert.Equal(Asked.Cpus, Of(Task(0, moment, cpu: moment * 9), Task(1, moment, cpu: 0)).Suggested.Cpus);
        Assert.Equal(1, Of(Task(0, moment, cpu: moment * 9), Task(1, 1, cpu: 0.5)).Suggested.Cpus);
    }

    [Fact]
    public void Tasks_that_did_not_complete_are_waste_and_ask_for_more()
    {
        RunEfficiency report = Of(Task(0, 1, cpu: 4), Task(1, 10, TaskState.Timeout), Task(2, 1, TaskState.OutOfMemory, peak: 8L << 30));
        Assert.Equal(44, report.WastedCoreHours);
        Assert.Equal((TimeSpan.FromHours(20), 16L << 30), (report.Suggested.Walltime, report.Suggested.MemoryBytes));
        Assert.Contains("memory: twice of what was asked for, since tasks ran out of it", report.Notes);
    }

    [Fact]
    public void Each_attempt_is_measured_by_what_its_own_array_asked_for()
    {
        // Task 1 ran out of memory and time, and was sent again twice; task 2 too, but had been complete before that was noticed.
        PlanArray first = new(1, 1, 2, 2, 0) { TaskIds = [new TaskIdRange(1, 2)], Resources = Asked with { MemoryBytes = 16L << 30 }, AttemptBase = 1 };
        PlanArray second = first with { Index = 2, TaskIds = [new TaskIdRange(1, 1)], Resources = first.Resources! with { Walltime = TimeSpan.FromHours(20) }, AttemptBase = 2 };
        AskedResources asked = new(Plan(Asked), [new SchedulerArray("1", new PlanArray(0, 0, 3, 3, 0)), new SchedulerArray("2", first), new SchedulerArray("3", second)]);
        Assert.Equal((8L << 30, 16L << 30, 16L << 30), (asked[1, 1].MemoryBytes, asked[1, 2].MemoryBytes, asked[1, 3].MemoryBytes));
        Assert.Equal((10.0, 20.0), (asked[1, 2].Walltime!.Value.TotalHours, asked[1, 3].Walltime!.Value.TotalHours));

        RunEfficiency report = Report(asked, Task(0, 5, peak: 4L << 30), Task(1, 15, peak: 12L << 30, attempt: 3), Task(2, 1, peak: 1L << 30));
        // Measured by the first array, these would be 1.5 of the memory and 1.5 of the time.
        Assert.Equal((0.75, 0.75), (report.MemoryEfficiency, report.WalltimeEfficiency));
        Assert.Equal((16L << 30, 20.0), (report.Asked.MemoryBytes, report.Asked.Walltime!.Value.TotalHours));
        Assert.Contains(report.Notes, note => note.StartsWith("1 task was sent again", StringComparison.Ordinal));
        RunEfficiency still = Report(asked, Task(0, 1), Task(1, 20, TaskState.Timeout, peak: 16L << 30, attempt: 3));
        Assert.Equal(TimeSpan.FromHours(40), still.Suggested.Walltime);
    }

    [Fact]
    public void What_is_not_known_is_said_and_nothing_is_suggested_from_it()
    {
        RunEfficiency report = Of(Task(0, 1), Task(1, 0, TaskState.Running));
        Assert.Equal((1L, 0L, null, null, null), (report.MeasuredCount, report.CpuTimeCount, report.UsedCoreHours, report.CpuEfficiency, report.MemoryEfficiency));
        Assert.Equal((Asked.Cpus, Asked.MemoryBytes), (report.Suggested.Cpus, report.Suggested.MemoryBytes));
        Assert.Contains("the memory of no task was measured", report.Notes);
        Assert.Contains(report.Notes, note => note.StartsWith("1 of 2 tasks have not ended", StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_of_which_nothing_has_ended_gives_what_was_asked_for() => Assert.Equal(Asked, Of(Task(0, 0, TaskState.Pending)).Suggested);

    private static RunEfficiency Of(params RunTaskStatus[] tasks) => Report(null, tasks);

    private static RunEfficiency Report(AskedResources? asked, params RunTaskStatus[] tasks) => EfficiencyReport.Of(
        new Run
        {
            RunId = "r",
            Cluster = "site",
            TaskCount = tasks.Length,
            CmdSha = "",
            IdentitySha = "",
            Command = "x",
            ExperimentPath = "/e",
            RemotePath = "/r",
            ResultPath = "/r",
            SubmittedAt = default,
        },
        asked ?? new AskedResources(Plan(Asked), null),
        tasks);

    private static RunPlan Plan(ResourceRequest resources) => new()
    {
        Cluster = "site",
        TaskCount = 1,
        Arrays = [],
        Resources = resources,
        Strategy = "",
        TasksPerElement = 1,
        MaxConcurrentCount = 1,
    };

    private static RunTaskStatus Task(long id, double hours, TaskState state = TaskState.Complete, double? cpu = null, long? peak = null, int attempt = 1) => new()
    {
        RunId = "r",
        TaskId = id,
        State = state,
        Attempt = attempt,
        Elapsed = hours > 0 ? TimeSpan.FromHours(hours) : null,
        CpuTime = cpu is { } h ? TimeSpan.FromHours(h) : null,
        PeakMemoryBytes = peak,
    };
}
