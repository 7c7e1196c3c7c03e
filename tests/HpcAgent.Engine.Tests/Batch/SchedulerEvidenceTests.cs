using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Batch;

public sealed class SchedulerEvidenceTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);
    private static readonly SchedulerArray[] Pairs = [new("7", new PlanArray(0, 0, 4, 2, 0))];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, null, true, "Unknown,Unknown")]
    [InlineData(1, null, false, "Failed,Cancelled")]
    // Its dispatcher was ended, but may have written that the open task is complete.
    [InlineData(null, 9, true, "Unknown,Unknown")]
    [InlineData(null, 9, false, "Failed,Cancelled")]
    public void Of_an_element_of_several_tasks_nothing_is_said_before_its_last_words_are_there(int? exit, int? signal, bool isLate, string expected)
    {
        RunView view = View();
        Start(view, 0);
        new SchedulerEvidence(view, Pairs, Now).ApplyAccounting([new("7", 1, TaskState.Failed, "FAILED", exit, signal, "n1", null, null)], (_, _) => isLate);
        Assert.Equal(expected, $"{view.Ledger[0]},{view.Ledger[1]}");
        Assert.Equal((TaskState.Pending, TaskState.Pending), (view.Ledger[2], view.Ledger[3]));
    }

    [Theory]
    [InlineData(1, null, TaskState.Unknown)]
    // Nothing of it comes any more.
    [InlineData(null, 9, TaskState.Failed)]
    public void Of_an_element_of_one_task_whose_dispatcher_was_ended_nothing_is_waited_for(int? exit, int? signal, TaskState expected)
    {
        RunView view = View();
        Start(view, 0);
        new SchedulerEvidence(view, [new("7", new PlanArray(0, 0, 4, 4, 0))], Now).ApplyAccounting([new("7", 1, TaskState.Failed, "FAILED", exit, signal, "n1", null, null)], (_, _) => true);
        Assert.Equal(expected, view.Ledger[0]);
    }

    [Fact]
    public void What_a_dispatcher_says_it_did_not_start_is_not_waited_for()
    {
        RunView view = View();
        Start(view, 0);
        view.Ledger.Apply(new TaskEvent { At = Now, Kind = TaskEventKind.End, TaskId = 0, Attempt = 1, State = TaskState.Timeout }, "n1");
        view.Ledger.Apply(new TaskEvent { At = Now, Kind = TaskEventKind.Note, TaskId = -1, Text = "not_started 1-1: the scheduler sent TERM" }, "n1");
        new SchedulerEvidence(view, Pairs, Now).ApplyAccounting([new("7", 1, TaskState.Failed, "FAILED", 1, null, "n1", null, null)], (_, _) => true);
        Assert.Equal((TaskState.Timeout, TaskState.Cancelled), (view.Ledger[0], view.Ledger[1]));
    }

    [Fact]
    public void An_element_that_waits_in_the_queue_has_been_put_back_only_if_its_start_was_known_before()
    {
        RunView view = View();
        Start(view, 0);
        SchedulerEvidence evidence = new(view, Pairs, Now);
        QueueEntry[] queue = [new("7", "hpc-x", 1, 2, 1, TaskState.Pending, "PENDING", "BeginTime")];
        evidence.NotePutBack(queue);
        // It comes with the answer, and is newer than what the queue said.
        Start(view, 2);
        Assert.True(evidence.ApplyQueue(queue));
        Assert.Equal((TaskState.Pending, TaskState.Running), (view.Ledger[0], view.Ledger[2]));
    }

    private static void Start(RunView view, long id) => view.Ledger.Apply(new TaskEvent { At = Now, Kind = TaskEventKind.Start, TaskId = id, Attempt = 1 }, "n1");

    private RunView View()
    {
        Run run = new()
        {
            RunId = "r",
            Cluster = "site",
            TaskCount = 4,
            CmdSha = "",
            IdentitySha = "",
            Command = "true",
            ExperimentPath = "/e",
            RemotePath = "/r",
            ResultPath = "/r",
            SubmittedAt = Now,
        };
        return new(new RunRecord { Run = run, Journal = new JournalState { RunId = "r" } }, new RunLayout(_folder["mirror"], "r"));
    }
}
