using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>Stopping a run.</summary>
public sealed class StopTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_stopped_run_cancels_what_runs_with_grace_and_what_waits_and_can_be_submitted_again()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        var spec = new
        {
            command = "trap 'echo saved > \"$RESULT_DIR/checkpoint\"; exit 0' INT; : > \"$RESULT_DIR/ready\"; while ! [ -e {go} ]; do sleep 0.05; done",
            env = new { HPC_PREEMPT_GRACE_SEC = "5" },
            tasks = Enumerable.Range(0, 5).Select(i => new { i, go }).ToArray(),
        };
        string runId = await _sandbox.StartRunAsync(spec);
        Assert.True(await Sandbox.BecomesTrueAsync(() => Enumerable.Range(0, 2).All(i => File.Exists(Path.Combine(_sandbox.Work(runId, i), "ready")))));
        await _sandbox.StopAsync(runId);
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("abandoned", end.State);
        Assert.Equal(5, end.Count("cancelled"));
        Assert.Equal([0L, 1L], _sandbox.Events(runId).Where(e => e.Kind == TaskEventKind.Start).Select(e => e.TaskId).Order());
        Assert.Equal("saved\n", File.ReadAllText(Path.Combine(_sandbox.Work(runId, 0), "checkpoint")));
        Assert.Equal("saved\n", File.ReadAllText(Path.Combine(_sandbox.Work(runId, 1), "checkpoint")));

        File.WriteAllText(go, "");
        Answer again = await _sandbox.SubmitAsync(spec);
        Assert.NotEqual(runId, again.RunId);
        Assert.False(again.Data.GetProperty("deduped").GetBoolean());
        Assert.Equal("complete", (await _sandbox.WaitAsync(again.RunId)).State);
        Assert.Equal("abandoned", (await _sandbox.StatusAsync(runId)).State);
    }

    [Fact]
    public async Task A_stop_holds_even_if_the_supervisor_dies_before_it_sees_it()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string started = Path.Combine(_sandbox.Root, "started");
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "echo {i} >> {started}; while ! [ -e {go} ]; do sleep 0.05; done",
            env = new { HPC_PREEMPT_GRACE_SEC = "0.1" },
            tasks = Enumerable.Range(0, 20).Select(i => new { i, go, started }).ToArray(),
        });
        Assert.True(await Sandbox.BecomesTrueAsync(() => File.Exists(started) && File.ReadAllLines(started).Length == 2));
        _sandbox.KillSupervisor();
        // The two tasks end while nobody looks: their slots are free when the next supervisor comes, but nothing may start in them.
        File.WriteAllText(go, "");
        await Task.Delay(500);
        await _sandbox.StopAsync(runId);
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("abandoned", end.State);
        Assert.True(end.Count("complete") == 2, end.Json.ToString() + string.Join("\n", _sandbox.Events(runId)));
        Assert.Equal(18, end.Count("cancelled"));
        Assert.Equal(2, File.ReadAllLines(started).Length);
    }
}
