using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.Monitoring;

public sealed class TaskLedgerTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(2_000_000);

    [Fact]
    public void The_order_in_which_event_files_are_read_does_not_matter() => Prop.ForAll(
        TaskEvents.History, Arb.From(Gen.Choose(0, int.MaxValue)), Arb.From(Gen.Choose(0, 1)), (history, seed, stopped) =>
        {
            if (stopped == 1) history = [.. history, Note(TaskLedger.StoppedNote + "on request")];
            TaskEvent[] shuffled = [.. history];
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Fold(history), Fold(shuffled));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Completion_is_never_taken_back() => Prop.ForAll(TaskEvents.History, history =>
    {
        TaskLedger ledger = new(3);
        HashSet<long> complete = [];
        foreach (TaskEvent e in history)
        {
            ledger.Apply(e, "n");
            if (e is { Kind: TaskEventKind.End, State: TaskState.Complete }) complete.Add(e.TaskId);
            Assert.All(complete, id => Assert.Equal(TaskState.Complete, ledger[id]));
            Assert.Equal(3, ledger.ToCounts().TotalCount);
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Counts_are_those_of_the_tasks() => Prop.ForAll(TaskEvents.History, history =>
    {
        TaskLedger ledger = new(3);
        foreach (TaskEvent e in history) ledger.Apply(e, "n");
        foreach (TaskState state in Enum.GetValues<TaskState>())
            Assert.Equal(ledger.TasksIn(s => s == state).LongCount(), ledger.Count(state));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_task_that_was_submitted_again_waits_and_what_is_said_of_earlier_attempts_no_longer_counts() => Prop.ForAll(
        TaskEvents.History, Arb.From(Gen.Choose(1, 3)), (history, attempt) =>
        {
            TaskLedger before = new(3);
            TaskLedger after = new(3);
            for (long id = 0; id < 3; id++) before.Await(id, attempt);
            foreach (TaskEvent e in history)
            {
                before.Apply(e, "n");
                after.Apply(e, "n");
            }
            for (long id = 0; id < 3; id++) after.Await(id, attempt);
            for (long id = 0; id < 3; id++)
            {
                long task = id;
                bool complete = history.Any(e => e.TaskId == task && e is { Kind: TaskEventKind.End, State: TaskState.Complete });
                bool later = history.Any(e => e.TaskId == task && e.Kind != TaskEventKind.Note && e.Attempt > attempt);
                Assert.Equal(after[id], before[id]);
                if (!complete && !later) Assert.Equal((TaskState.Pending, attempt), (before[id], before.Attempt(id)));
            }
            Assert.Equal(3, before.ToCounts().TotalCount);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_task_goes_through_start_loss_and_a_second_attempt()
    {
        TaskLedger ledger = new(2);
        Assert.Equal((TaskState.Pending, 0, EvidenceSource.None), (ledger[1], ledger.Attempt(1), ledger.ToStatus("r", 1, s_now).Evidence));
        ledger.Apply(Start(1, 1, 100, pid: 7), "a");
        Assert.Equal((TaskState.Running, 1, 7), (ledger[1], ledger.Attempt(1), ledger.Pid(1)));
        ledger.Apply(End(1, 1, 150, TaskState.Lost, null), "a");
        Assert.Equal((TaskState.Lost, 1), (ledger[1], ledger.LostCount(1)));
        Assert.Null(ledger.ToStatus("r", 1, s_now).Elapsed);
        ledger.Apply(Start(1, 2, 200, pid: 8), "b");
        RunTaskStatus running = ledger.ToStatus("r", 1, DateTimeOffset.FromUnixTimeSeconds(230));
        Assert.Equal((TaskState.Running, "b", TimeSpan.FromSeconds(30)), (running.State, running.Node, running.Elapsed!.Value));
        Assert.Null(running.Reason);
        ledger.Apply(End(1, 2, 260, TaskState.Complete, 60) with { ExitCode = 0, PeakMemoryBytes = 5 }, "b");
        RunTaskStatus done = ledger.ToStatus("r", 1, s_now);
        Assert.Equal((TaskState.Complete, 2, 0, 5L, TimeSpan.FromSeconds(60)), (done.State, done.Attempt, done.ExitCode!.Value, done.PeakMemoryBytes!.Value, done.Elapsed!.Value));
        Assert.Equal((100, 260), (ledger.FirstStartAt!.Value.ToUnixTimeSeconds(), ledger.LastEndAt!.Value.ToUnixTimeSeconds()));
    }

    [Fact]
    public void A_clock_that_was_set_back_gives_no_negative_time()
    {
        TaskLedger ledger = new(1);
        ledger.Apply(Start(0, 1, 1000, pid: 1), "n");
        Assert.Equal(TimeSpan.Zero, ledger.ToStatus("r", 0, DateTimeOffset.FromUnixTimeSeconds(10)).Elapsed);
        ledger.Apply(End(0, 1, 500, TaskState.Complete, 20), "n");
        RunTaskStatus done = ledger.ToStatus("r", 0, s_now);
        Assert.Equal((TaskState.Complete, TimeSpan.FromSeconds(20), 480L), (done.State, done.Elapsed!.Value, done.StartedAt!.Value.ToUnixTimeSeconds()));
    }

    [Fact]
    public void Events_of_tasks_that_the_run_does_not_have_are_counted_and_change_nothing()
    {
        TaskLedger ledger = new(1);
        ledger.Apply(Start(1, 1, 1, 1), "n");
        ledger.Apply(Start(-1, 1, 1, 1), "n");
        ledger.Apply(Start(0, 0, 1, 1), "n");
        Assert.Equal((3, 1L), (ledger.ContradictionCount, ledger.Count(TaskState.Pending)));
    }

    [Fact]
    public void Two_completions_of_one_task_are_a_contradiction_that_is_counted()
    {
        TaskLedger ledger = new(1);
        ledger.Apply(End(0, 2, 10, TaskState.Complete, 1), "n");
        ledger.Apply(End(0, 1, 5, TaskState.Complete, 1), "n");
        Assert.Equal((1, 1, 1L), (ledger.ContradictionCount, ledger.Attempt(0), ledger.Count(TaskState.Complete)));
    }

    [Fact]
    public void A_stop_cancels_what_waits_and_leaves_the_rest()
    {
        TaskLedger ledger = new(3);
        ledger.Apply(Start(0, 1, 1, 1), "n");
        ledger.Apply(End(1, 1, 1, TaskState.Failed, 1), "n");
        ledger.Apply(Note("a word"), "n");
        Assert.False(ledger.IsStopped);
        ledger.Apply(Note(TaskLedger.StoppedNote + "on request"), "n");
        Assert.True(ledger.IsStopped);
        Assert.Equal([TaskState.Running, TaskState.Failed, TaskState.Cancelled], [ledger[0], ledger[1], ledger[2]]);
        Assert.Equal("on request", ledger.ToStatus("r", 2, s_now).Reason);
    }

    [Fact]
    public void The_newest_failures_come_newest_first()
    {
        TaskLedger ledger = new(6);
        foreach ((long id, int at) in (ReadOnlySpan<(long, int)>)[(0, 30), (1, 10), (2, 50), (3, 40)]) ledger.Apply(End(id, 1, at, TaskState.Failed, 1), "n");
        ledger.Apply(End(4, 1, 99, TaskState.Complete, 1), "n");
        Assert.Equal([2L, 3L, 0L], ledger.NewestFailures(3));
        Assert.Equal([2L, 3L, 0L, 1L], ledger.NewestFailures(10));
    }

    [Theory]
    [InlineData(256)]
    [InlineData(-1073741819)]
    [InlineData(70000)]
    public void Exit_codes_of_every_system_are_kept(int code)
    {
        TaskLedger ledger = new(1);
        ledger.Apply(End(0, 1, 1, TaskState.Failed, 1) with { ExitCode = code }, "n");
        Assert.Equal(code < 0 ? null : code, ledger.ToStatus("r", 0, s_now).ExitCode);
    }

    private static string Fold(TaskEvent[] events)
    {
        TaskLedger ledger = new(3);
        foreach (TaskEvent e in events) ledger.Apply(e, $"node {e.Attempt}");
        return string.Join('\n', Enumerable.Range(0, 3).Select(id => $"{ledger.ToStatus("r", id, s_now)} lost {ledger.LostCount(id)}")) +
            $"\n{ledger.ToCounts()} {ledger.FirstStartAt:O} {ledger.LastEndAt:O} {ledger.IsStopped} {ledger.ContradictionCount}";
    }

    private static TaskEvent Start(long id, int attempt, int at, int pid) =>
        new() { At = DateTimeOffset.FromUnixTimeSeconds(at), Kind = TaskEventKind.Start, TaskId = id, Attempt = attempt, Pid = pid };

    private static TaskEvent End(long id, int attempt, int at, TaskState state, int? seconds) => new()
    {
        At = DateTimeOffset.FromUnixTimeSeconds(at),
        Kind = TaskEventKind.End,
        TaskId = id,
        Attempt = attempt,
        State = state,
        Elapsed = seconds is { } s ? TimeSpan.FromSeconds(s) : null,
    };

    private static TaskEvent Note(string text) => new() { At = s_now, Kind = TaskEventKind.Note, TaskId = -1, State = TaskState.Unknown, Text = text };
}
