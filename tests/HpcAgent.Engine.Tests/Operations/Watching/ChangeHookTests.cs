using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Engine.Tests.Operations.Watching;

public sealed class ChangeHookTests : IDisposable
{
    private readonly WatchFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_command_is_told_of_each_change_once_and_by_its_environment(bool byVariable)
    {
        Skip.If(OperatingSystem.IsWindows(), "the command is for a POSIX shell");
        string told = _fixture["told"];
        string command = $"echo \"$HPC_EVENT $HPC_RUN_ID $HPC_LIFECYCLE_STATE $HPC_COMPLETE_TASKS/$HPC_TOTAL_TASKS $HPC_FAILED_TASKS $HPC_CLUSTER\" >>'{told}'";
        if (byVariable) _fixture.Environment["HPC_ON_CHANGE"] = command;
        SimulatedCluster cluster = new(_fixture.Clock, null) { QueueWait = TimeSpan.FromMinutes(10), Task = id => (TimeSpan.FromMinutes(20), id == 1) };
        Run run = await _fixture.SubmitAsync(4);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions { OnChange = byVariable ? null : command }, run));
        Assert.All(looks, l => Assert.Empty(l.Warnings));
        Assert.Equal(
            [
                $"started {run.RunId} in_flight 0/4 0 fake",
                $"first_failure {run.RunId} in_flight 1/4 1 fake",
                $"failed {run.RunId} failed 3/4 1 fake",
            ],
            File.ReadAllLines(told));
        // What the journal knows by now is no news.
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions { OnChange = command }, run));
        Assert.Equal(3, File.ReadAllLines(told).Length);
    }

    [SkippableFact]
    public async Task A_command_that_fails_is_a_warning_with_its_words()
    {
        Skip.If(OperatingSystem.IsWindows(), "the command is for a POSIX shell");
        SimulatedCluster cluster = new(_fixture.Clock, null);
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions { OnChange = "echo no mail here >&2; sleep 60 & exit 5" }, run));
        Assert.Equal(LifecycleState.Complete, looks[^1].Status!.State);
        string warning = Assert.Single(looks[^1].Warnings);
        Assert.Contains("exit code 5 at 'complete'", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void The_event_is_the_new_state_or_what_happens_first()
    {
        TaskCounts pending = new() { PendingCount = 3 };
        TaskCounts running = new() { PendingCount = 2, RunningCount = 1 };
        TaskCounts failing = new() { PendingCount = 2, FailedCount = 1 };
        Assert.Null(ChangeHook.Event(LifecycleState.InFlight, null, Status(LifecycleState.InFlight, pending)));
        Assert.Equal("started", ChangeHook.Event(LifecycleState.InFlight, pending, Status(LifecycleState.InFlight, running)));
        Assert.Equal("first_failure", ChangeHook.Event(LifecycleState.InFlight, pending, Status(LifecycleState.InFlight, failing)));
        Assert.Null(ChangeHook.Event(LifecycleState.InFlight, failing, Status(LifecycleState.InFlight, failing)));
        Assert.Equal("unable_to_verify", ChangeHook.Event(LifecycleState.InFlight, failing, Status(LifecycleState.UnableToVerify, failing)));
        Assert.Equal("in_flight", ChangeHook.Event(LifecycleState.UnableToVerify, failing, Status(LifecycleState.InFlight, failing)));
        Assert.Equal("complete", ChangeHook.Event(LifecycleState.InFlight, pending, Status(LifecycleState.Complete, new TaskCounts { CompleteCount = 3 })));
    }

    private static RunStatus Status(LifecycleState state, TaskCounts counts) => new() { RunId = "r", Cluster = "c", State = state, Counts = counts };
}
