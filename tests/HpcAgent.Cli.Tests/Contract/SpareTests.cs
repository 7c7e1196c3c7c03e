namespace HpcAgent.Cli.Tests.Contract;

/// <summary>The work folder and the log of a task that left them empty are given to the next task: that must never be seen.</summary>
public sealed class SpareTests : IDisposable
{
    private readonly Sandbox _sandbox = new(slots: 1);

    public void Dispose() => _sandbox.Dispose();

    [SkippableFact]
    public async Task What_a_task_leaves_running_cannot_write_into_the_log_or_the_folder_of_the_next()
    {
        Skip.IfNot(File.Exists("/usr/bin/setsid"), "no setsid");
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "if [ $HPC_KW_I = 0 ]; then cd \"$RESULT_DIR\"; (setsid sh -c 'sleep 0.3; echo stray; echo stray > stray; touch /proc/self/cwd/stray' &); else sleep 0.2; fi",
            tasks = Enumerable.Range(0, 6).Select(i => new { i }),
        });
        Assert.Equal("complete", end.State);
        Assert.Empty(Directory.EnumerateFiles(_sandbox.Layout(runId).Results, "*", SearchOption.AllDirectories));
        Assert.All(
            Directory.EnumerateFiles(_sandbox.Layout(runId).Logs, "*", SearchOption.AllDirectories),
            log => Assert.DoesNotContain("stray", File.ReadAllText(log), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_task_finds_an_empty_folder_and_keeps_its_own_output_and_results()
    {
        string[] acts =
        [
            "true", "echo said-$HPC_KW_I", "echo $HPC_KW_I > \"$RESULT_DIR/n\"", "true", "chmod 700 \"$RESULT_DIR\"", "stat -c %a \"$RESULT_DIR\"", "rmdir \"$RESULT_DIR\"",
            "ls -A \"$RESULT_DIR\"; : > \"$RESULT_DIR/empty\"", "true", "mkdir \"$RESULT_DIR/sub\"; echo $HPC_KW_I > \"$RESULT_DIR/sub/n\"", "ls -A \"$RESULT_DIR\"",
        ];
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "eval \"$HPC_KW_ACT\"",
            tasks = Enumerable.Range(0, acts.Length * 5).Select(i => new { i, act = acts[i % acts.Length] }),
        });
        Assert.Equal("complete", end.State);
        HashSet<string> modes = [];
        for (int i = 0; i < acts.Length * 5; i++)
        {
            string log = (await _sandbox.LogAsync(runId, i)).TrimEnd('\n');
            if (i % acts.Length == 5) modes.Add(log);
            else Assert.Equal(i % acts.Length == 1 ? $"said-{i}" : "", log);
            string results = _sandbox.Results(runId, i);
            string? expected = (i % acts.Length) switch { 2 => "n", 9 => "sub/n", _ => null };
            Assert.Equal(expected is not null, Directory.Exists(results));
            if (expected is not null) Assert.Equal($"{i}\n", File.ReadAllText(Path.Combine(results, expected)));
        }
        Assert.DoesNotContain("700", modes);
        Assert.Single(modes);
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(_sandbox.Layout(runId).Results, "0")), d => Path.GetFileName(d).StartsWith("_wip_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_task_has_one_start_before_its_one_end()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync(new { command = "exit $((HPC_KW_I % 7 == 3))", tasks = Enumerable.Range(0, 250).Select(i => new { i }) });
        string[] events = [.. _sandbox.Events(runId).Where(e => e.TaskId >= 0).GroupBy(e => e.TaskId).Select(g => string.Join(' ', g.Select(e => e.Kind)))];
        Assert.Equal(250, events.Length);
        Assert.All(events, e => Assert.Equal("Start End", e));
    }
}
