using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.Monitoring;

/// <summary>What else than events says of tasks, and clocks that differ.</summary>
public sealed class TaskLedgerEvidenceTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(100_000);

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    public void Times_are_given_by_the_clock_of_this_machine(int ahead)
    {
        TaskLedger ledger = new(2) { ClockOffset = TimeSpan.FromSeconds(ahead) };
        ledger.Apply(Start(0, 100_000 + ahead - 30), "n");
        ledger.Apply(Start(1, 100_000 + ahead - 60), "n");
        ledger.Apply(End(1, 100_000 + ahead - 10, TaskState.Complete), "n");
        RunTaskStatus running = ledger.ToStatus("r", 0, s_now);
        Assert.Equal((TimeSpan.FromSeconds(30), s_now.AddSeconds(-30), s_now.AddSeconds(-30)), (running.Elapsed, running.StartedAt, running.EvidenceAt));
        Assert.Equal((s_now.AddSeconds(-60), s_now.AddSeconds(-10)), (ledger.FirstStartAt, ledger.LastEndAt));
        ledger.Assume(0, TaskState.Failed, EvidenceSource.Accounting, s_now, "it says so");
        Assert.Equal(s_now, ledger.ToStatus("r", 0, s_now).EvidenceAt);
        Assert.Equal([0L], ledger.NewestFailures(1));
    }

    [Fact]
    public void A_node_whose_clock_is_behind_starts_no_task_before_its_submission()
    {
        TaskLedger ledger = new(1) { NothingBefore = s_now.AddSeconds(-20) };
        ledger.Apply(Start(0, 96_400), "n");
        Assert.Equal((TimeSpan.FromSeconds(20), s_now.AddSeconds(-20)), (ledger.ToStatus("r", 0, s_now).Elapsed, ledger.FirstStartAt));
    }

    [Theory]
    [InlineData(TaskState.Running, true)]
    [InlineData(TaskState.Preempted, true)]
    [InlineData(TaskState.Lost, true)]
    [InlineData(TaskState.Failed, false)]
    [InlineData(TaskState.Complete, false)]
    public void A_task_that_is_put_back_waits_again_unless_its_end_is_one_for_good(TaskState before, bool waits)
    {
        TaskLedger ledger = new(1);
        ledger.Apply(Start(0, 10), "n");
        if (before != TaskState.Running) ledger.Apply(End(0, 20, before), "n");
        ledger.AssumePutBack(0, TaskState.Pending, s_now);
        Assert.Equal(waits ? TaskState.Pending : before, ledger[0]);
        RunTaskStatus seen = ledger.ToStatus("r", 0, s_now);
        if (waits) Assert.Equal((null, null, EvidenceSource.Queue), (seen.Elapsed, seen.ExitCode, seen.Evidence));
        ledger.Apply(Start(0, 30, attempt: 2), "m");
        Assert.Equal(before == TaskState.Complete ? TaskState.Complete : TaskState.Running, ledger[0]);
        Assert.Equal(1, ledger.ToCounts().TotalCount);
    }

    [Fact]
    public void What_the_scheduler_says_above_an_event_is_forgotten_and_the_event_is_not()
    {
        TaskLedger ledger = new(1);
        ledger.Apply(Start(0, 10), "n");
        ledger.Apply(End(0, 20, TaskState.Preempted) with { ExitCode = 143 }, "n");
        ledger.AssumeToldToEnd(0, TaskState.Cancelled, s_now, "CANCELLED by 7");
        Assert.Equal((TaskState.Cancelled, EvidenceSource.Accounting, "CANCELLED by 7"), (ledger[0], ledger.ToStatus("r", 0, s_now).Evidence, ledger.ToStatus("r", 0, s_now).Reason));
        ledger.ForgetAssumptions();
        Assert.Equal((TaskState.Preempted, EvidenceSource.Event), (ledger[0], ledger.ToStatus("r", 0, s_now).Evidence));
        ledger.AssumePutBack(0, TaskState.Held, s_now);
        ledger.ForgetAssumptions();
        Assert.Equal((TaskState.Preempted, 143), (ledger[0], ledger.ToStatus("r", 0, s_now).ExitCode));
        Assert.Equal(1, ledger.ToCounts().TotalCount);
    }

    [Fact]
    public void Completion_by_results_stands_against_the_accounting_and_the_event_says_more()
    {
        TaskLedger ledger = new(1);
        ledger.Apply(Start(0, 10), "n");
        ledger.Assume(0, TaskState.Unknown, EvidenceSource.Accounting, s_now, "late");
        ledger.AssumeComplete(0, s_now, "results");
        ledger.Assume(0, TaskState.Lost, EvidenceSource.Accounting, s_now, "gone");
        ledger.ForgetAssumptions();
        RunTaskStatus seen = ledger.ToStatus("r", 0, s_now);
        Assert.Equal((TaskState.Complete, EvidenceSource.Event, s_now, "results", null), (seen.State, seen.Evidence, seen.EvidenceAt, seen.Reason, seen.Elapsed));
        ledger.Apply(End(0, 20, TaskState.Complete) with { Elapsed = TimeSpan.FromSeconds(9) }, "n");
        seen = ledger.ToStatus("r", 0, s_now);
        Assert.Equal((TaskState.Complete, 20L, null, TimeSpan.FromSeconds(9)), (seen.State, seen.EvidenceAt!.Value.ToUnixTimeSeconds(), seen.Reason, seen.Elapsed));
    }

    [Theory]
    [InlineData("not_started 1-2: the run was stopped", "1,2")]
    [InlineData("not_started 2-9000000000000: 3 s are left for it", "2,3")]
    [InlineData("not_started x-2: odd", "")]
    [InlineData("something else", "")]
    public void A_dispatcher_says_which_tasks_it_did_not_start(string note, string ids)
    {
        TaskLedger ledger = new(4);
        ledger.Apply(new TaskEvent { At = s_now, Kind = TaskEventKind.Note, TaskId = -1, Text = note }, "n");
        Assert.Equal(ids, string.Join(',', Enumerable.Range(0, 4).Where(id => ledger.IsNotStarted(id))));
        Assert.Equal(4, ledger.Count(TaskState.Pending));
    }

    private static TaskEvent Start(long task, long at, int attempt = 1) => new() { At = DateTimeOffset.FromUnixTimeSeconds(at), Kind = TaskEventKind.Start, TaskId = task, Attempt = attempt };

    private static TaskEvent End(long task, long at, TaskState state) => new() { At = DateTimeOffset.FromUnixTimeSeconds(at), Kind = TaskEventKind.End, TaskId = task, Attempt = 1, State = state };
}
