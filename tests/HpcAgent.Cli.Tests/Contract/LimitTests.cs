using System.Diagnostics;
using System.Globalization;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>Time, memory, log size and concurrency are held to what was asked for, whatever the task does.</summary>
public sealed class LimitTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_task_that_ignores_every_polite_signal_is_killed_after_its_time_limit_and_grace()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "trap '' INT TERM; echo $HPC_PREEMPT_GRACE_SEC; while :; do sleep 0.1; done", "walltime": "1s", "env": {"HPC_PREEMPT_GRACE_SEC": "0.5"}, "tasks": [{"i": 0}]}
            """);
        Assert.Equal("failed", end.State);
        Assert.Equal(1, end.Count("timeout"));
        Engine.Monitoring.TaskEvent last = _sandbox.End(runId, 0);
        Assert.Equal(TaskState.Timeout, last.State);
        Assert.Equal(9, last.Signal);
        Assert.InRange(last.Elapsed!.Value.TotalSeconds, 3.4, 15);
        Assert.Contains("time limit", last.Text, StringComparison.Ordinal);
        Assert.Equal("0.5\n", await _sandbox.LogAsync(runId, 0));
    }

    [Fact]
    public async Task A_program_is_interrupted_first_and_can_save_its_work()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "bash save.sh", "walltime": "1s", "env": {"HPC_PREEMPT_GRACE_SEC": "1"}, "tasks": [{"i": 0}]}
            """.Replace("bash save.sh", Save("INT TERM"), StringComparison.Ordinal));
        Assert.Equal("failed", end.State);
        Assert.Equal(TaskState.Timeout, _sandbox.End(runId, 0).State);
        Assert.Equal("saved\n", File.ReadAllText(Path.Combine(_sandbox.Work(runId, 0), "checkpoint")));
        Assert.InRange(_sandbox.End(runId, 0).Elapsed!.Value.TotalSeconds, 0.9, 2.9);
    }

    [Fact]
    public async Task A_program_that_cannot_hear_interrupts_is_told_at_once_to_end()
    {
        // The grace is the usual one of 25 seconds: it must not pass in vain.
        File.WriteAllText(Path.Combine(_sandbox.Experiment, "long.sh"), "sleep 100\n");
        (string runId, _) = await _sandbox.SubmitAndWaitAsync("""{"command": "sh long.sh", "walltime": "1s", "tasks": [{"i": 0}]}""");
        Engine.Monitoring.TaskEvent end = _sandbox.End(runId, 0);
        Assert.Equal(TaskState.Timeout, end.State);
        Assert.InRange(end.Elapsed!.Value.TotalSeconds, 0.9, 20);
    }

    [Fact]
    public async Task What_a_task_leaves_running_is_gone_after_it()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "setsid sleep 1000 & echo $! > \"$RESULT_DIR/daemon\"; sleep 1000 & echo $! > \"$RESULT_DIR/background\"; (trap '' HUP INT TERM; exec setsid sh -c 'setsid sleep 1000 & echo $! > \"$RESULT_DIR/grandchild\"; wait') & sleep 0.5",
             "tasks": [{"i": 0}]}
            """);
        Assert.Equal("complete", end.State);
        foreach (string name in (string[])["daemon", "background", "grandchild"])
        {
            string pid = File.ReadAllText(Path.Combine(_sandbox.Results(runId, 0), name)).Trim();
            Assert.True(await Sandbox.BecomesTrueAsync(() => !IsRunning(pid)), $"{name} {pid} still runs");
        }
    }

    [Fact]
    public async Task A_daemon_of_a_task_that_still_runs_is_left_alone()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "(setsid sh -c 'sleep 2.5; echo done > \"$RESULT_DIR/daemon\"' &); sleep 4", "tasks": [{"i": 0}, {"i": 1}]}
            """);
        Assert.Equal("complete", end.State);
        Assert.True(File.Exists(Path.Combine(_sandbox.Results(runId, 0), "daemon")));
        Assert.True(File.Exists(Path.Combine(_sandbox.Results(runId, 1), "daemon")));
    }

    [Fact]
    public async Task A_task_that_fills_its_log_is_stopped_and_said_so()
    {
        _sandbox.Environment["HPC_LOCAL_MAX_LOG_BYTES"] = "100000";
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""{"command": "[ {i} = 1 ] || exec yes; echo fine", "tasks": [{"i": 0}, {"i": 1}]}""");
        Assert.Equal("failed", end.State);
        Engine.Monitoring.TaskEvent last = _sandbox.End(runId, 0);
        Assert.Equal(TaskState.Failed, last.State);
        Assert.Contains("log grew beyond 100000 bytes", last.Text, StringComparison.Ordinal);
        Assert.Equal(TaskState.Complete, _sandbox.End(runId, 1).State);
    }

    [Fact]
    public async Task A_task_that_uses_more_memory_than_it_asked_for_is_out_of_memory()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "head -c {size} /dev/zero | tail -c {size} | sleep 3", "memory": "60M", "tasks": [{"size": 200000000}, {"size": 1000}]}
            """);
        Assert.Equal("failed", end.State);
        Assert.Equal(1, end.Count("out_of_memory"));
        Assert.Equal(TaskState.OutOfMemory, _sandbox.End(runId, 0).State);
        Assert.Contains("asked for 62914560", _sandbox.End(runId, 0).Text, StringComparison.Ordinal);
        Assert.Equal(TaskState.Complete, _sandbox.End(runId, 1).State);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("\"max_concurrent\": 1,", 1)]
    [InlineData("\"cpus\": 2,", 1)]
    [InlineData("\"memory\": \"600M\",", 1)]
    public async Task Tasks_overlap_only_as_far_as_throttle_processors_and_memory_allow(string limit, int most)
    {
        _sandbox.Environment["HPC_LOCAL_MEMORY_BYTES"] = "1000000000";
        string log = Path.Combine(_sandbox.Root, "spans");
        (_, Answer end) = await _sandbox.SubmitAndWaitAsync($$$"""
            {"command": "from=$(date +%s%N); sleep 0.3; echo $from $(date +%s%N) >> '{{{log}}}'", {{{limit}}} "tasks": [{"i": 0}, {"i": 1}, {"i": 2}, {"i": 3}]}
            """);
        Assert.Equal("complete", end.State);
        long[][] spans = [.. File.ReadAllLines(log).Select(l => l.Split(' ').Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal(4, spans.Length);
        Assert.Equal(most, spans.Max(s => spans.Count(t => t[0] <= s[0] && s[0] < t[1])));
    }

    [Fact]
    public async Task Two_runs_share_the_processors_of_the_machine()
    {
        string log = Path.Combine(_sandbox.Root, "spans");
        string[] runs = await Task.WhenAll(Enumerable.Range(0, 2).Select(async n =>
        {
            string spec = Path.Combine(_sandbox.Root, $"spec{n}.json");
            File.WriteAllText(spec, $$$"""{"command": "from=$(date +%s%N); sleep 0.3; echo $from $(date +%s%N) >> '{{{log}}}'", "name": "n{{{n}}}", "tasks": [{"n": {{{n}}}, "i": 0}, {"n": {{{n}}}, "i": 1}, {"n": {{{n}}}, "i": 2}]}""");
            return (await _sandbox.RunAsync("submit-flow", "--experiment-dir", _sandbox.Experiment, "--spec", spec)).RunId;
        }));
        foreach (string run in runs) Assert.Equal("complete", (await _sandbox.WaitAsync(run)).State);
        long[][] spans = [.. File.ReadAllLines(log).Select(l => l.Split(' ').Select(t => long.Parse(t, CultureInfo.InvariantCulture)).ToArray())];
        Assert.Equal(6, spans.Length);
        Assert.Equal(2, spans.Max(s => spans.Count(t => t[0] <= s[0] && s[0] < t[1])));
    }

    [Fact]
    public async Task A_run_waits_for_the_runs_that_it_is_to_come_after_whether_they_succeed_or_not()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string first = await _sandbox.StartRunAsync(new { command = "while ! [ -e {go} ]; do sleep 0.05; done; exit 1", tasks = new[] { new { go } } });
        string second = await _sandbox.StartRunAsync(new { command = "true", after = new[] { first }, tasks = new[] { new { i = 0 } } });
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(first).Count > 0));
        await Task.Delay(1000);
        Assert.Equal("in_flight", (await _sandbox.StatusAsync(second)).State);
        Assert.Empty(_sandbox.Events(second));
        File.WriteAllText(go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(second)).State);
        Assert.True(_sandbox.End(first, 0).At <= _sandbox.Events(second)[0].At);
        Assert.Equal("failed", (await _sandbox.StatusAsync(first)).State);
    }

    private static string Save(string signals) =>
        $"trap 'echo saved > \\\"$RESULT_DIR/checkpoint\\\"; exit 0' {signals}; while :; do sleep 0.1; done";

    private static bool IsRunning(string pid)
    {
        try
        {
            return !Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture)).HasExited &&
                !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is ArgumentException or IOException or InvalidOperationException)
        {
            return false;
        }
    }
}
