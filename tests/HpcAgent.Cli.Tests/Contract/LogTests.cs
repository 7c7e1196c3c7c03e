using System.Globalization;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>The logs of tasks.</summary>
public sealed class LogTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Logs_of_successful_tasks_are_joined_and_each_is_read_back_whole()
    {
        // One log pretends to be the header of another, one ends without a newline, one is empty, one is no UTF-8.
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "printf \"$HPC_KW_TEXT\"", "max_concurrent": 1,
             "tasks": [{"text": "==> task 1 attempt 1, 5 bytes <==\\nfalse\\n"}, {"text": "no newline"}, {"text": ""}, {"text": "\\377\\000x\\n"}, {"text": "a\\n\\n\\nb\\n"}]}
            """);
        Assert.Equal("complete", end.State);
        Assert.True(File.Exists(_sandbox.Layout(runId).JoinedLog(0)));
        Assert.Empty(Directory.GetFiles(Path.Combine(_sandbox.Layout(runId).Logs, "0")));
        Assert.Equal("==> task 1 attempt 1, 5 bytes <==\nfalse\n", await _sandbox.LogAsync(runId, 0));
        Assert.Equal("no newline", await _sandbox.LogAsync(runId, 1));
        Assert.Equal("", await _sandbox.LogAsync(runId, 2));
        Assert.Equal("\uFFFD\0x\n", await _sandbox.LogAsync(runId, 3));
        Assert.Equal("a\n\n\nb\n", await _sandbox.LogAsync(runId, 4));
        Assert.Equal("\nb\n", await _sandbox.LogAsync(runId, 4, lines: 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_hundred_thousand_lines_are_tailed_whether_the_task_fails_or_not(int exit)
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync(new { command = "seq 100000; exit {exit}", tasks = new[] { new { exit } } });
        Assert.Equal("99998\n99999\n100000\n", await _sandbox.LogAsync(runId, 0, lines: 3));
        Assert.Equal("100000\n", await _sandbox.LogAsync(runId, 0, lines: 1));
        string all = await _sandbox.LogAsync(runId, 0, lines: 1_000_000);
        Assert.Equal(Enumerable.Range(1, 100000).Select(i => i.ToString(CultureInfo.InvariantCulture)), all.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_log_of_a_running_task_can_be_read()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string runId = await _sandbox.StartRunAsync(new { command = "echo begun; while ! [ -e {go} ]; do sleep 0.05; done", tasks = new[] { new { go } } });
        Assert.True(await Sandbox.BecomesTrueAsync(() => File.Exists(_sandbox.Layout(runId).TaskLog(0, 1)) && new FileInfo(_sandbox.Layout(runId).TaskLog(0, 1)).Length > 0));
        Assert.Equal("begun\n", await _sandbox.LogAsync(runId, 0));
        File.WriteAllText(go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
        Assert.Equal("begun\n", await _sandbox.LogAsync(runId, 0));
    }

    [Fact]
    public async Task All_failed_shows_the_failed_tasks_and_no_other()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync("""{"command": "echo of {code}; exit {code}", "tasks": [{"code": 0}, {"code": 1}, {"code": 2}]}""");
        Answer answer = await _sandbox.RunAsync("logs", "--experiment-dir", _sandbox.Experiment, "--run-id", runId, "--all-failed");
        Assert.Equal(["of 1\n", "of 2\n"], answer.Data.GetProperty("logs").EnumerateArray().Select(l => l.GetProperty("content").GetString()));
        Assert.Equal([1, 2], answer.Data.GetProperty("logs").EnumerateArray().Select(l => l.GetProperty("exit_code").GetInt32()));
    }

    [Fact]
    public async Task A_task_that_wrote_nothing_has_no_missing_log_and_a_pending_one_has()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "[ {i} -eq 0 ] || while ! [ -e {go} ]; do sleep 0.05; done",
            max_concurrent = 1,
            tasks = Enumerable.Range(0, 3).Select(i => new { i, go }).ToArray(),
        });
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(runId).Any(e => e.TaskId == 1)));
        Answer answer = await _sandbox.RunAsync("logs", "--experiment-dir", _sandbox.Experiment, "--run-id", runId, "--task-id", "0,2");
        Assert.Equal([false, true], answer.Data.GetProperty("logs").EnumerateArray().Select(l => l.GetProperty("missing").GetBoolean()));
        File.WriteAllText(go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
    }
}
