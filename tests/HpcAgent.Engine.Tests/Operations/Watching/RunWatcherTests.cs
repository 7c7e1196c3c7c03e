using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>Watching by a simulated clock and a simulated cluster.</summary>
public sealed class RunWatcherTests : IDisposable
{
    private readonly WatchFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData(1, 1, 120, 0)]
    [InlineData(120, 12, 12, 0)]
    [InlineData(1000, 100, 12, 0)]
    [InlineData(600, 5, 1, 0)]
    [InlineData(24, 12, 45, 30)]
    [InlineData(7200, 60, 1, 0)]
    public async Task Two_hours_of_watching_cost_a_simulated_scheduler_at_most_forty_queries(int tasks, int atOnce, double minutesEach, double queueMinutes)
    {
        SimulatedCluster cluster = new(_fixture.Clock, _fixture.Budget())
        {
            AtOnce = atOnce,
            QueueWait = TimeSpan.FromMinutes(queueMinutes),
            Task = id => (TimeSpan.FromMinutes(minutesEach * (0.8 + (id * 7919 % 41 / 100.0))), false),
        };
        Run run = await _fixture.SubmitAsync(tasks);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions(), run));
        WatchedRun end = looks[^1];
        Assert.Equal((true, LifecycleState.Complete), (end.IsOver, end.Status!.State));
        TimeSpan took = end.Status.EndedAt!.Value - run.SubmittedAt;
        Assert.InRange(took, TimeSpan.FromMinutes(80), TimeSpan.FromMinutes(160));
        Assert.InRange(cluster.Looks.Count, 5, 40);
        // The end is noticed within a twentieth of the time, or five minutes where nothing but the end could be seen.
        Assert.InRange(end.Elapsed - took, TimeSpan.Zero, tasks == 1 ? TimeSpan.FromMinutes(10) : took / 20);
    }

    [Fact]
    public async Task A_minute_long_run_is_followed_closely()
    {
        SimulatedCluster cluster = new(_fixture.Clock, _fixture.Budget()) { AtOnce = 4, Task = id => (TimeSpan.FromSeconds(10 + id), false) };
        Run run = await _fixture.SubmitAsync(12);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions(), run));
        TimeSpan took = looks[^1].Status!.EndedAt!.Value - run.SubmittedAt;
        Assert.InRange(looks[^1].Elapsed - took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Two_processes_and_a_person_share_the_budget_of_a_site()
    {
        // Long tasks and an interval of a second: without a budget this would be 3,600 looks an hour for each.
        QueryBudgetSpy spy = new(_fixture);
        Run run = await _fixture.SubmitAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        WatchOptions eager = new() { Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromHours(3) };
        await _fixture.Clock.JoinAsync(
            () => _fixture.WatchAsync(spy.Cluster(TimeSpan.FromHours(9)), eager, run),
            () => _fixture.WatchAsync(spy.Cluster(TimeSpan.FromHours(9)), eager, run));
        DateTimeOffset[] looks = spy.Looks;
        Assert.InRange(looks.Length, 60, 90);
        // The first and the last look of each are a person's.
        int most = looks.Max(at => looks.Count(other => other >= at && other < at + TimeSpan.FromHours(1)));
        Assert.InRange(most, 30, 40 + 4);
        Assert.All(spy.Clusters, c => Assert.True(c.Looks.Count > 10, "one process took it all"));
    }

    [Fact]
    public async Task Runs_of_one_cluster_are_looked_at_together()
    {
        SimulatedCluster cluster = new(_fixture.Clock, _fixture.Budget()) { Task = _ => (TimeSpan.FromMinutes(10), false) };
        Run[] runs = [await _fixture.SubmitAsync(1, "echo a {_}"), await _fixture.SubmitAsync(2, "echo b {_}"), await _fixture.SubmitAsync(3, "echo c {_}")];
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions(), runs));
        Assert.Equal(runs.Select(r => r.RunId), looks.Where(l => l.IsOver).Select(l => l.RunId));
        Assert.All(looks.Where(l => l.IsOver), l => Assert.Equal(LifecycleState.Complete, l.Status!.State));
        Assert.Equal(cluster.RunsSeen, looks.Count);
        Assert.True(looks.Count > cluster.Looks.Count * 3 / 2, $"{looks.Count} answers of {cluster.Looks.Count} looks");
    }

    [Theory]
    [InlineData(WatchGoal.Started, 30, "pending")]
    [InlineData(WatchGoal.FirstResult, 50, "complete")]
    [InlineData(WatchGoal.AnyFailure, 70, "failed")]
    [InlineData(WatchGoal.Ended, 90, "")]
    public async Task A_wait_ends_with_what_it_waits_for(WatchGoal until, int minutes, string what)
    {
        SimulatedCluster cluster = new(_fixture.Clock, null)
        {
            QueueWait = TimeSpan.FromMinutes(30),
            Task = id => (TimeSpan.FromMinutes(20), id == 1),
        };
        Run run = await _fixture.SubmitAsync(3);
        List<WatchedRun> looks = [];
        WatchOptions options = new() { Until = until, Interval = TimeSpan.FromMinutes(1) };
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, options, run));
        Assert.Equal(TimeSpan.FromMinutes(minutes), looks[^1].Elapsed);
        Assert.Equal(until == WatchGoal.Ended ? LifecycleState.Failed : LifecycleState.InFlight, looks[^1].Status!.State);
        Assert.Contains(what, looks[^1].Status!.Counts.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_of_a_run_ends_a_wait_for_what_never_came()
    {
        SimulatedCluster cluster = new(_fixture.Clock, null);
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions { Until = WatchGoal.AnyFailure }, run));
        Assert.Equal(LifecycleState.Complete, looks[^1].Status!.State);
    }

    [Fact]
    public async Task When_the_time_is_up_there_is_a_last_look_and_the_state_says_timeout()
    {
        SimulatedCluster cluster = new(_fixture.Clock, _fixture.Budget()) { Task = _ => (TimeSpan.FromHours(5), false) };
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions { Timeout = TimeSpan.FromMinutes(61) }, run));
        Assert.Equal((LifecycleState.Timeout, TimeSpan.FromMinutes(61)), (looks[^1].Status!.State, looks[^1].Elapsed));
        Assert.Equal(run.SubmittedAt + TimeSpan.FromMinutes(61), cluster.Looks[^1]);
        Assert.All(looks.SkipLast(1), l => Assert.Equal(LifecycleState.InFlight, l.Status!.State));
    }

    [Fact]
    public async Task A_cluster_that_is_gone_for_a_while_does_not_end_a_watch_that_has_begun()
    {
        SimulatedCluster cluster = new(_fixture.Clock, _fixture.Budget())
        {
            Task = _ => (TimeSpan.FromMinutes(30), false),
            Failure = look => look is > 1 and < 5 ? new HpcException(ErrorCode.SshUnreachable, "no route to host") : null,
        };
        Run run = await _fixture.SubmitAsync(2);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions(), run));
        Assert.Equal(LifecycleState.Complete, looks[^1].Status!.State);
        WatchedRun[] failed = [.. looks.Where(l => l.Error is not null)];
        Assert.Equal(3, failed.Length);
        Assert.All(failed, l => Assert.Equal((false, LifecycleState.InFlight), (l.IsOver, l.Status!.State)));
    }

    [Theory]
    [InlineData(0, ErrorCode.SshUnreachable, 1)]
    [InlineData(2, ErrorCode.ConfigInvalid, 3)]
    [InlineData(2, ErrorCode.RemoteCommandFailed, 8)]
    [InlineData(2, ErrorCode.SshUnreachable, 53)]
    public async Task An_error_ends_a_watch_at_its_first_look_or_if_it_is_no_use_to_try_again_or_if_it_stays(int from, ErrorCode code, int looksMade)
    {
        SimulatedCluster cluster = new(_fixture.Clock, null)
        {
            Task = _ => (TimeSpan.FromHours(30), false),
            Failure = look => look >= from ? new HpcException(code, "not now") : null,
        };
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions(), run));
        Assert.Equal((true, code), (looks[^1].IsOver, looks[^1].Error!.Code));
        Assert.Equal(looksMade, looks.Count);
    }

    [Fact]
    public async Task A_run_that_is_not_there_keeps_nobody_from_watching_the_others()
    {
        SimulatedCluster cluster = new(_fixture.Clock, null);
        Run run = await _fixture.SubmitAsync(1);
        List<WatchedRun> looks = [];
        await _fixture.Clock.JoinAsync(async () => looks = await _fixture.WatchAsync(cluster, new WatchOptions(), run with { RunId = "nosuch" }, run));
        Assert.Equal(("nosuch", ErrorCode.SpecInvalid), (looks[0].RunId, looks[0].Error!.Code));
        Assert.Equal((run.RunId, LifecycleState.Complete), (looks[^1].RunId, looks[^1].Status!.State));
    }
}
