using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Monitoring;

public sealed class LifecycleTests
{
    [Theory]
    [InlineData("cc", true, LifecycleState.Complete)]
    [InlineData("cc", false, LifecycleState.Complete)]
    [InlineData("cf", true, LifecycleState.InFlight)]
    [InlineData("cf", false, LifecycleState.Failed)]
    [InlineData("ff", false, LifecycleState.Failed)]
    [InlineData("cl", true, LifecycleState.InFlight)]
    [InlineData("cl", false, LifecycleState.Failed)]
    [InlineData("cp", true, LifecycleState.InFlight)]
    [InlineData("cp", false, LifecycleState.UnableToVerify)]
    [InlineData("cr", false, LifecycleState.UnableToVerify)]
    [InlineData("ps", true, LifecycleState.InFlight)]
    [InlineData("ps", false, LifecycleState.Abandoned)]
    [InlineData("cs", false, LifecycleState.Abandoned)]
    [InlineData("ccs", false, LifecycleState.Complete)]
    public void Follows_from_the_tasks_and_the_queue(string tasks, bool queued, LifecycleState expected)
    {
        RunView view = View(tasks.Replace("s", "", StringComparison.Ordinal).Length + (tasks.EndsWith("cs", StringComparison.Ordinal) && tasks.Length == 2 ? 1 : 0));
        view.IsQueued = queued;
        view.IsVerified = true;
        Apply(view.Ledger, tasks);
        Assert.Equal(expected, RunObserver.Lifecycle(view, view.Ledger.ToCounts()));
    }

    [Fact]
    public void Nothing_is_concluded_from_a_scheduler_that_could_not_be_asked()
    {
        RunView view = View(1);
        Apply(view.Ledger, "c");
        Assert.Equal(LifecycleState.UnableToVerify, RunObserver.Lifecycle(view, view.Ledger.ToCounts()));
    }

    private static RunView View(int count) => new(new RunRecord { Run = RunOf(count), Journal = new JournalState { RunId = "r" } }, new RunLayout("/x", "r"));

    private static Run RunOf(int count) => new()
    {
        RunId = "r",
        Cluster = "local",
        TaskCount = count,
        CmdSha = "",
        IdentitySha = "",
        Command = "",
        ExperimentPath = "/x",
        RemotePath = "/x",
        ResultPath = "/x",
        SubmittedAt = default,
    };

    private static void Apply(TaskLedger ledger, string tasks)
    {
        for (int id = 0; id < tasks.Length; id++)
        {
            TaskEvent e = new() { At = DateTimeOffset.FromUnixTimeSeconds(100), TaskId = id, Attempt = 1 };
            switch (tasks[id])
            {
                case 'c': ledger.Apply(e with { Kind = TaskEventKind.End, State = TaskState.Complete }, "n"); break;
                case 'f': ledger.Apply(e with { Kind = TaskEventKind.End, State = TaskState.Failed }, "n"); break;
                case 'l': ledger.Apply(e with { Kind = TaskEventKind.End, State = TaskState.Lost }, "n"); break;
                case 'r': ledger.Apply(e with { Kind = TaskEventKind.Start }, "n"); break;
                case 's': ledger.Apply(e with { Kind = TaskEventKind.Note, Text = TaskLedger.StoppedNote + "x" }, "n"); break;
            }
        }
    }
}
