namespace HpcAgent.Cli.Tests.Contract;

/// <summary>The same request made again is the same run; another one is another.</summary>
public sealed class DeduplicationTests : IDisposable
{
    private const string Spec = """{"command": "cat code.txt; exit $(cat ../../../../exit 2>/dev/null || echo 0)", "tasks": [{"i": 0}, {"i": 1}]}""";

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task The_same_spec_is_the_same_run_while_it_runs_and_when_it_is_complete()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        var spec = new { command = "while ! [ -e {go} ]; do sleep 0.05; done", tasks = new[] { new { go } } };
        Answer first = await _sandbox.SubmitAsync(spec);
        Answer second = await _sandbox.SubmitAsync(spec);
        Assert.Equal((false, true), (Deduped(first), Deduped(second)));
        Assert.Equal(first.RunId, second.RunId);
        Assert.Equal(first.Data.GetProperty("job_ids").ToString(), second.Data.GetProperty("job_ids").ToString());
        File.WriteAllText(go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(first.RunId)).State);
        Answer third = await _sandbox.SubmitAsync(spec);
        Assert.True(Deduped(third));
        Assert.Equal(first.RunId, third.RunId);
        Assert.Single(Directory.GetDirectories(Path.Combine(_sandbox.Experiment, ".hpc", "runs")));
    }

    [Fact]
    public async Task A_changed_code_file_command_parameter_or_variable_makes_another_run()
    {
        _sandbox.Write("code.txt", "one");
        List<string> runs = [await _sandbox.StartRunAsync(Spec)];
        _sandbox.Write("code.txt", "two");
        runs.Add(await _sandbox.StartRunAsync(Spec));
        runs.Add(await _sandbox.StartRunAsync(Spec.Replace("cat code.txt;", "cat code.txt ;", StringComparison.Ordinal)));
        runs.Add(await _sandbox.StartRunAsync(Spec.Replace("\"i\": 1", "\"i\": 2", StringComparison.Ordinal)));
        runs.Add(await _sandbox.StartRunAsync(Spec.Replace("\"tasks\"", "\"env\": {\"A\": \"1\"}, \"tasks\"", StringComparison.Ordinal)));
        Assert.Equal(5, runs.Distinct(StringComparer.Ordinal).Count());
        _sandbox.Write("code.txt", "one");
        Assert.Equal(runs[0], await _sandbox.StartRunAsync(Spec));
        foreach (string run in runs) Assert.Equal("complete", (await _sandbox.WaitAsync(run)).State);
        Assert.Equal("one", await _sandbox.LogAsync(runs[0], 0));
        Assert.Equal("two", await _sandbox.LogAsync(runs[1], 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failed_run_does_not_block_even_if_nobody_looked_at_it(bool looked)
    {
        string marker = Path.Combine(_sandbox.Root, "works now");
        var spec = new { command = "test -e {marker}", tasks = new[] { new { marker } } };
        string failed = await _sandbox.StartRunAsync(spec);
        if (looked) Assert.Equal("failed", (await _sandbox.WaitAsync(failed)).State);
        else Assert.True(await Sandbox.BecomesTrueAsync(() => !File.Exists(_sandbox.Layout(failed).EnvironmentFile)));
        await Sandbox.BecomesTrueAsync(() => Directory.GetFiles(Path.Combine(_sandbox.LocalFolder, "queue")).Length == 0);
        File.WriteAllText(marker, "");
        Answer again = await _sandbox.SubmitAsync(spec);
        Assert.False(Deduped(again), again.Json.ToString());
        Assert.NotEqual(failed, again.RunId);
        Assert.Equal("complete", (await _sandbox.WaitAsync(again.RunId)).State);
    }

    [Fact]
    public async Task Many_processes_that_submit_the_same_at_once_make_one_run()
    {
        string log = Path.Combine(_sandbox.Root, "log");
        string spec = _sandbox.WriteSpec(new { command = "echo {i} >> {log}", tasks = Enumerable.Range(0, 10).Select(i => new { i, log }).ToArray() });
        Answer[] answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _sandbox.RunAsync("submit-flow", "--experiment-dir", _sandbox.Experiment, "--spec", spec)));
        Assert.All(answers, a => Assert.True(a.IsOk, a.Json.ToString()));
        Assert.Single(answers.Select(a => a.RunId).Distinct(StringComparer.Ordinal));
        Assert.Single(answers, a => !Deduped(a));
        Assert.Equal("complete", (await _sandbox.WaitAsync(answers[0].RunId)).State);
        Assert.Equal(10, File.ReadAllLines(log).Length);
    }

    [Fact]
    public async Task A_chosen_name_finds_its_run_again_and_refuses_another_one()
    {
        const string spec = """{"run_id": "mine", "command": "true", "tasks": [{"i": 0}]}""";
        Assert.Equal("mine", await _sandbox.StartRunAsync(spec));
        Assert.True(Deduped(await _sandbox.SubmitAsync(spec)));
        Answer other = await _sandbox.SubmitAsync(spec.Replace("true", "false", StringComparison.Ordinal));
        Assert.Equal((1, "spec_invalid"), (other.ExitCode, other.ErrorCode));
        Assert.Contains("'mine'", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_writes_nothing_and_says_what_would_be()
    {
        const string spec = """{"dry_run": true, "command": "true", "tasks": [{"i": 0}, {"i": 1}]}""";
        Answer preview = await _sandbox.SubmitAsync(spec);
        Assert.True(preview.IsOk);
        Assert.True(preview.Data.GetProperty("dry_run").GetBoolean());
        Assert.Equal(2, preview.Data.GetProperty("plan").GetProperty("total_tasks").GetInt64());
        Assert.False(Directory.Exists(Path.Combine(_sandbox.Experiment, ".hpc")));
        Assert.False(Directory.Exists(_sandbox.State));
    }

    private static bool Deduped(Answer answer) => answer.Data.GetProperty("deduped").GetBoolean();
}
