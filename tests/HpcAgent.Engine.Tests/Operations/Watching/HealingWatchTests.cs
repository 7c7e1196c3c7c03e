using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Operations.Resume;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>Watching runs whose tasks are sent again, by the watch or by others, by a simulated clock and a simulated cluster.</summary>
public sealed class HealingWatchTests : IDisposable
{
    private static readonly WatchOptions s_everyMinute = new() { Interval = TimeSpan.FromMinutes(1) };
    private readonly WatchFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task A_watch_follows_a_run_that_somebody_else_resumed()
    {
        // The second task fails after 10 minutes; the first ends after 60; the second is sent again after 30 and needs an hour.
        ResumableCluster cluster = new(_fixture.Clock) { Attempt = (id, attempt) => id == 0 ? (TaskState.Complete, 60) : attempt == 1 ? (TaskState.Preempted, 10) : (TaskState.Complete, 60) };
        Run run = await _fixture.SubmitAsync(2);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(
            async () => looks = await _fixture.WatchAsync(cluster, s_everyMinute, run),
            async () =>
            {
                await Task.Delay(TimeSpan.FromMinutes(30.5), _fixture.Clock);
                RunResumption done = await new ResumeOperation().ExecuteAsync(new ResumeRequest { RunId = run.RunId }, _fixture.Context(cluster), CancellationToken.None);
                Assert.Equal(1, done.ResumedCount);
            });
        WatchedRun end = looks[^1];
        Assert.Equal((LifecycleState.Complete, 2L), (end.Status!.State, end.Status.Counts.CompleteCount));
        Assert.InRange(end.Elapsed, TimeSpan.FromMinutes(90), TimeSpan.FromMinutes(92));
        Assert.Contains(looks, l => l.Status!.Counts.PreemptedCount == 1);
        Assert.All(looks.Where(l => l.Elapsed > TimeSpan.FromMinutes(32)), l => Assert.Equal(0, l.Status!.Counts.PreemptedCount));
    }

    [Fact]
    public async Task Two_watches_of_one_run_make_one_resumption_and_preemption_uses_up_no_retry()
    {
        // Preempted three times, out of time once; one retry is allowed.
        ResumableCluster cluster = new(_fixture.Clock)
        {
            Attempt = (id, attempt) => id == 0 ? (TaskState.Complete, 5) : attempt <= 3 ? (TaskState.Preempted, 5) : attempt == 4 ? (TaskState.Timeout, 5) : (TaskState.Complete, 5),
        };
        Run run = await _fixture.SubmitAsync(2);
        WatchOptions options = s_everyMinute with { AutoRetry = new RetryPolicy { MaxRetries = 1 } };
        List<WatchedRun>[] looks = new List<WatchedRun>[2];
        await _fixture.Clock.JoinAsync(
            async () => looks[0] = await _fixture.WatchAsync(cluster, options, run),
            async () => looks[1] = await _fixture.WatchAsync(cluster, options, run));
        Assert.All(looks, l => Assert.Equal(LifecycleState.Complete, l[^1].Status!.State));
        Assert.Equal(4, cluster.Resumed.Count);
        Assert.Equal(["auto-1", "auto-2", "auto-3", "auto-4"], (await ReadAsync(run)).Journal.Submissions.Skip(1).Select(s => s.Intent.RequestId));
        // Between its rounds nobody is told that it has failed.
        Assert.All(looks.SelectMany(l => l), l => Assert.NotEqual(LifecycleState.Failed, l.Status!.State));
        // Either of them may have sent it.
        Assert.Contains(looks.SelectMany(l => l).Select(WatchText.Retry).OfType<string>(), t => t.Contains("auto retry 1: 1 task again: 1 x Preempted: as before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_never_uses_up_a_retry_ends_all_the_same()
    {
        ResumableCluster cluster = new(_fixture.Clock) { Attempt = (_, _) => (TaskState.Preempted, 1) };
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, s_everyMinute with { AutoRetry = new RetryPolicy() }, run));
        Assert.Equal((RetryPolicy.MostRounds, LifecycleState.Failed), (cluster.Resumed.Count, looks[^1].Status!.State));
        Assert.Contains("resumed by itself 50 times already", Assert.Single(looks[^1].Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_reached_for_a_while_is_tried_again_and_the_same_resumption_is_finished()
    {
        ResumableCluster cluster = new(_fixture.Clock)
        {
            Attempt = (_, attempt) => (attempt == 1 ? TaskState.Timeout : TaskState.Complete, 5),
            Failure = n => n < 2 ? new HpcException(ErrorCode.SshUnreachable, "no route") : null,
        };
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, s_everyMinute with { AutoRetry = new RetryPolicy() }, run));
        Assert.Equal(LifecycleState.Complete, looks[^1].Status!.State);
        Assert.Equal(2, looks.SelectMany(l => l.Warnings).Count(w => w.Contains("it is tried again: no route", StringComparison.Ordinal)));
        Assert.Single(cluster.Resumed);
        Assert.Equal(2, (await ReadAsync(run)).Journal.Submissions.Count);
    }

    [Fact]
    public async Task Without_a_policy_a_watch_ends_with_the_failures_and_with_one_that_is_off_too()
    {
        foreach (RetryPolicy? policy in (RetryPolicy?[])[null, RetryPolicy.Off])
        {
            ResumableCluster cluster = new(_fixture.Clock) { Attempt = (_, _) => (TaskState.Timeout, 5) };
            Run run = await _fixture.SubmitAsync(1, policy is null ? "echo a {_}" : "echo b {_}");
            List<WatchedRun> looks = [];
            await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, s_everyMinute with { AutoRetry = policy }, run));
            Assert.Equal((LifecycleState.Failed, 0), (looks[^1].Status!.State, cluster.Resumed.Count));
        }
    }

    [Fact]
    public async Task The_command_for_changes_is_told_that_the_run_was_resumed_and_not_that_it_failed()
    {
        ResumableCluster cluster = new(_fixture.Clock) { Attempt = (_, attempt) => (attempt == 1 ? TaskState.Timeout : TaskState.Complete, 5) };
        Run run = await _fixture.SubmitAsync(1);
        string file = _fixture["changes"];
        await _fixture.Clock.JoinAsync(async () => _ = await _fixture.WatchAsync(cluster, s_everyMinute with { AutoRetry = new RetryPolicy(), OnChange = $"echo $HPC_EVENT >> '{file}'" }, run));
        Assert.Equal(["started", "resumed", "complete"], await File.ReadAllLinesAsync(file));
    }

    private async Task<RunRecord> ReadAsync(Run run) => (await new RunStore(_fixture.State, _fixture.Experiment, _fixture.Clock).FindAsync(run.RunId))!;
}
