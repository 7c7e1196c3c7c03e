using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Engine.Tests.Operations.Watching;

public sealed class ReconcileTests : IDisposable
{
    private readonly WatchFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task The_cluster_wins_and_what_was_different_is_told_once()
    {
        SimulatedCluster cluster = new(_fixture.Clock, _fixture.Budget()) { Task = id => (TimeSpan.FromMinutes(1), id == 2) };
        Run run = await _fixture.SubmitAsync(3);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        RunReconciliation first = await ReconcileAsync(cluster, run);
        Assert.Equal((LifecycleState.Failed, LifecycleState.InFlight), (first.State, first.RecordedState));
        Assert.Equal(
            ["state: recorded in_flight, found failed", "tasks: recorded 3 pending, found 2 complete, 1 failed"], first.Differences.Select(d => d.ToString()));
        RunReconciliation second = await ReconcileAsync(cluster, run);
        Assert.Equal((LifecycleState.Failed, LifecycleState.Failed), (second.State, second.RecordedState));
        Assert.Empty(second.Differences);
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_asked_is_an_answer_and_changes_nothing()
    {
        bool isGone = true;
        SimulatedCluster cluster = new(_fixture.Clock, null) { Failure = _ => isGone ? new HpcException(ErrorCode.SshUnreachable, "no route to host") : null };
        Run run = await _fixture.SubmitAsync(1);
        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        RunReconciliation found = await ReconcileAsync(cluster, run);
        Assert.Equal((LifecycleState.UnableToVerify, LifecycleState.InFlight), (found.State, found.RecordedState));
        Assert.Equal(["no route to host"], found.Warnings);
        JsonElement json = await JsonAsync(new ReconcileOperation(), cluster, run);
        Assert.Equal("unable_to_verify", json.GetProperty("lifecycle_state").GetString());
        Assert.Equal(60, json.GetProperty("next_check_after_s").GetDouble());
        Assert.Empty(json.GetProperty("drift").EnumerateArray());
        isGone = false;
        Assert.Equal(LifecycleState.Complete, (await ReconcileAsync(cluster, run)).State);
    }

    [Fact]
    public async Task A_summary_is_the_same_bytes_as_long_as_the_journal_says_the_same()
    {
        SimulatedCluster cluster = new(_fixture.Clock, null) { Task = id => (TimeSpan.FromMinutes(10), id == 0) };
        Run run = await _fixture.SubmitAsync(3);
        string pending = await TextAsync(new MonitorSummaryOperation(), cluster, run);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(pending, await TextAsync(new MonitorSummaryOperation(), cluster, run));
        using JsonDocument before = JsonDocument.Parse(pending);
        Assert.Equal($"run_id={run.RunId} in flight \u2014 complete=0 running=0 pending=3 failed=0 / total=3", before.RootElement.GetProperty("headline").GetString());
        Assert.Equal(1800, before.RootElement.GetProperty("next_check_after_s").GetDouble());

        _ = await JsonAsync(new StatusOperation(), cluster, run);
        JsonElement running = await JsonAsync(new MonitorSummaryOperation(), cluster, run);
        Assert.Equal($"run_id={run.RunId} in flight \u2014 complete=0 running=1 pending=1 failed=1 / total=3", running.GetProperty("headline").GetString());
        Assert.Equal(("in_flight", false, 90), (running.GetProperty("lifecycle_state").GetString(), running.GetProperty("journal_missing").GetBoolean(), running.GetProperty("next_check_after_s").GetInt32()));

        _fixture.Clock.Advance(TimeSpan.FromHours(1));
        _ = await JsonAsync(new StatusOperation(), cluster, run);
        JsonElement ended = await JsonAsync(new MonitorSummaryOperation(), cluster, run);
        Assert.Equal($"run_id={run.RunId} reached terminal state: failed", ended.GetProperty("headline").GetString());
        Assert.Equal(0, ended.GetProperty("next_check_after_s").GetDouble());
    }

    [Fact]
    public async Task A_summary_of_a_run_without_a_journal_says_so()
    {
        SimulatedCluster cluster = new(_fixture.Clock, null);
        Run run = (await _fixture.SubmitAsync(1)) with { RunId = "nosuch" };
        JsonElement json = await JsonAsync(new MonitorSummaryOperation(), cluster, run);
        Assert.Equal(("run_id=nosuch \u2014 first tick, no journal entry yet", true), (json.GetProperty("headline").GetString(), json.GetProperty("journal_missing").GetBoolean()));
    }

    [Fact]
    public async Task A_status_has_the_finish_with_its_basis_and_when_to_ask_again()
    {
        SimulatedCluster cluster = new(_fixture.Clock, null) { AtOnce = 2, Task = id => (TimeSpan.FromMinutes(10 + id), false) };
        Run run = await _fixture.SubmitAsync(6);
        _fixture.Clock.Advance(TimeSpan.FromMinutes(15));
        JsonElement json = await JsonAsync(new StatusOperation(), cluster, run);
        JsonElement finish = json.GetProperty("last_status").GetProperty("finish");
        Assert.Equal("from 2 ended tasks, 2 at once", finish.GetProperty("basis").GetString());
        Assert.InRange(run.SubmittedAt.AddMinutes(39), finish.GetProperty("earliest").GetDateTimeOffset(), finish.GetProperty("latest").GetDateTimeOffset());
        Assert.InRange(json.GetProperty("next_check_after_s").GetDouble(), 4, 600);
    }

    private async Task<RunReconciliation> ReconcileAsync(SimulatedCluster cluster, Run run) =>
        await new ReconcileOperation().ExecuteAsync(new ReconcileRequest { RunId = run.RunId }, _fixture.Context(cluster), CancellationToken.None);

    private async Task<string> TextAsync(IOperation operation, SimulatedCluster cluster, Run run)
    {
        using JsonDocument input = JsonDocument.Parse($"{{\"run_id\": \"{run.RunId}\"}}");
        Action<Utf8JsonWriter> write = await operation.ExecuteJsonAsync(input.RootElement, _fixture.Context(cluster), CancellationToken.None);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream)) write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private async Task<JsonElement> JsonAsync(IOperation operation, SimulatedCluster cluster, Run run)
    {
        using JsonDocument document = JsonDocument.Parse(await TextAsync(operation, cluster, run));
        return document.RootElement.Clone();
    }
}
