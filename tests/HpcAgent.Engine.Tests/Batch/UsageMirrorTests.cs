using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class UsageMirrorTests : IDisposable
{
    private static readonly DateTimeOffset Start = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_an_element_of_one_task_used_is_the_tasks_and_another_process_reads_it_from_the_mirror()
    {
        RunView view = View(2);
        End(view, 0, 60);
        End(view, 1, 60);
        UsageMirror mirror = new(view, Plan((0, 2, 2)), Start);
        Assert.Equal(["7"], mirror.Unknown());
        mirror.Take([Record(1), Record(2) with { PeakMemoryBytes = null }], mirror.Unknown());
        Assert.Empty(mirror.Unknown());
        foreach (RunView seen in (RunView[])[view, Reread(2)])
        {
            Assert.Equal((1L << 30, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(300), "n1"), Used(seen, 0));
            Assert.Equal((null, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(300), "n1"), Used(seen, 1));
        }
    }

    [Fact]
    public void The_memory_of_an_element_of_several_tasks_is_none_of_theirs()
    {
        RunView view = View(3);
        for (int id = 0; id < 3; id++) End(view, id, 20);
        // Elements of one and of two tasks.
        UsageMirror mirror = new(view, Plan((0, 3, 2)), Start);
        mirror.Take([Record(1), Record(2)], mirror.Unknown());
        Assert.Equal((1L << 30, TimeSpan.FromSeconds(50), TimeSpan.FromSeconds(300), "n1"), Used(view, 0));
        Assert.Equal((null, null, TimeSpan.FromSeconds(300), "n1"), Used(view, 1));
        Assert.Equal((null, null, TimeSpan.FromSeconds(300), "n1"), Used(view, 2));
    }

    [Fact]
    public void An_array_is_asked_for_when_all_its_tasks_have_ended_and_not_before()
    {
        RunView view = View(4);
        UsageMirror mirror = new(view, Plan((0, 2, 2), (2, 2, 2)), Start);
        End(view, 2, 60);
        Assert.Empty(mirror.Unknown());
        End(view, 3, 60);
        Assert.Equal(["8"], mirror.Unknown());
        mirror.Take([Record(1) with { JobId = "8" }, Record(2) with { JobId = "8" }, Record(1)], mirror.Unknown());
        Assert.Empty(mirror.Unknown());
        Assert.Null(Used(view, 0).Peak);
    }

    [Fact]
    public void An_accounting_that_says_nothing_is_asked_in_three_minutes_and_no_more()
    {
        RunView view = View(1);
        End(view, 0, 60);
        int asked = 0;
        for (int look = 0; look < 20; look++)
        {
            UsageMirror mirror = new(look == 2 ? view = Reread(1) : view, Plan((0, 1, 1)), Start.AddMinutes(look / 2 * 2));
            if (mirror.Unknown().Count == 0) continue;
            asked++;
            mirror.Take(look == 0 ? null : [], mirror.Unknown());
        }
        // Twice within each minute: at 0, 2 and 4 minutes it counts.
        Assert.Equal(5, asked);
    }

    [Fact]
    public void An_element_that_was_started_again_and_found_its_task_complete_tells_nothing_of_it()
    {
        RunView view = View(1);
        End(view, 0, 600);
        UsageMirror mirror = new(view, Plan((0, 1, 1)), Start);
        mirror.Take([Record(1) with { Elapsed = TimeSpan.FromSeconds(2) }], mirror.Unknown());
        Assert.Equal((null, null), (Used(view, 0).Peak, Used(view, 0).Cpu));
    }

    [Fact]
    public void What_was_learnt_of_one_attempt_is_not_said_of_the_next()
    {
        RunView view = View(1);
        End(view, 0, 60, TaskState.Preempted);
        UsageMirror mirror = new(view, Plan((0, 1, 1)), Start);
        mirror.Take([Record(1)], mirror.Unknown());
        Assert.Equal(1L << 30, Used(view, 0).Peak);
        view.Ledger.Apply(new TaskEvent { At = Start.AddHours(1), Kind = TaskEventKind.Start, TaskId = 0, Attempt = 2 }, "n1");
        Assert.Null(Used(view, 0).Peak);
    }

    [Fact]
    public void What_an_earlier_array_used_is_not_said_of_a_task_that_was_submitted_again()
    {
        SchedulerArray later = new("9", new PlanArray(1, 1, 1, 1, 0) { TaskIds = [new TaskIdRange(1, 1)], AttemptBase = 1 });
        RunView view = View(2, later);
        End(view, 0, 60);
        SchedulerArray[] arrays = [.. Plan((0, 2, 2)), later];
        UsageMirror mirror = new(view, arrays, Start);
        Assert.Equal(["7"], mirror.Unknown()); // task 1 is no longer up to the first array
        mirror.Take([Record(1), Record(2)], mirror.Unknown());
        Assert.Equal((1L << 30, null), (Used(view, 0).Peak, Used(view, 1).Peak));
        view.Ledger.Apply(new TaskEvent { At = Start, Kind = TaskEventKind.Start, TaskId = 1, Attempt = 2 }, "n1");
        view.Ledger.Apply(new TaskEvent { At = Start.AddSeconds(60), Kind = TaskEventKind.End, TaskId = 1, Attempt = 2, State = TaskState.Complete, Elapsed = TimeSpan.FromSeconds(60) }, "n1");
        Assert.Equal(["9"], mirror.Unknown());
        mirror.Take([Record(1) with { JobId = "9", PeakMemoryBytes = 5 }], mirror.Unknown());
        Assert.Equal(5, Used(view, 1).Peak);
    }

    [Fact]
    public void One_look_asks_for_a_bounded_number_of_elements()
    {
        RunView view = View(60_000);
        for (int id = 0; id < 60_000; id++) End(view, id, 1);
        SchedulerArray[] plan = Plan([.. Enumerable.Range(0, 60).Select(i => ((long)i * 1000, 1000L, 1000L))]);
        Assert.Equal(20, new UsageMirror(view, plan, Start).Unknown().Count);
    }

    private static (long? Peak, TimeSpan? Cpu, TimeSpan? Wait, string? Node) Used(RunView view, long id)
    {
        RunTaskStatus task = view.Ledger.ToStatus("r", id, Start);
        return (task.PeakMemoryBytes, task.CpuTime, task.QueueWait, task.Node);
    }

    private static AccountingEntry Record(long element) =>
        new("7", element, TaskState.Complete, "COMPLETED", 0, null, "n1", TimeSpan.FromSeconds(61), 1L << 30) { CpuTime = TimeSpan.FromSeconds(50), QueueWait = TimeSpan.FromSeconds(300) };

    private static void End(RunView view, int id, int seconds, TaskState state = TaskState.Complete)
    {
        view.Ledger.Apply(new TaskEvent { At = Start, Kind = TaskEventKind.Start, TaskId = id, Attempt = 1 }, "n1");
        view.Ledger.Apply(new TaskEvent { At = Start.AddSeconds(seconds), Kind = TaskEventKind.End, TaskId = id, Attempt = 1, State = state, Elapsed = TimeSpan.FromSeconds(seconds) }, "n1");
    }

    private RunView Reread(int tasks)
    {
        RunView view = View(tasks);
        for (int id = 0; id < tasks; id++) End(view, id, 60);
        new UsageMirror(view, Plan((0, tasks, tasks)), Start).Load();
        return view;
    }

    private RunView View(long tasks, params SchedulerArray[] later)
    {
        Run run = new()
        {
            RunId = "r",
            Cluster = "site",
            TaskCount = tasks,
            CmdSha = "",
            IdentitySha = "",
            Command = "true",
            ExperimentPath = "/e",
            RemotePath = "/r",
            ResultPath = "/r",
            SubmittedAt = Start,
        };
        RunView view = new(new RunRecord { Run = run, Journal = new JournalState { RunId = "r" } }, new RunLayout(_folder["mirror"], "r"));
        foreach (SchedulerArray array in later)
            foreach (TaskIdRange range in array.Array.TaskIds!)
                for (long id = range.First; id < range.First + range.Count; id++) view.Ledger.Await(id, array.Array.AttemptBase);
        return view;
    }

    private static SchedulerArray[] Plan(params (long First, long Tasks, long Elements)[] arrays) =>
        [.. arrays.Select((a, i) => new SchedulerArray((7 + i).ToString(System.Globalization.CultureInfo.InvariantCulture), new PlanArray(i, a.First, a.Tasks, a.Elements, 0)))];
}
