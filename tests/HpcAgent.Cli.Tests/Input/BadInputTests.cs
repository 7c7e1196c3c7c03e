namespace HpcAgent.Cli.Tests.Input;

/// <summary>Bad input gets a clear error that names thing, place and remedy, and leaves nothing behind.</summary>
public sealed class BadInputTests
{
    public static TheoryData<string> Names => [.. BadInput.All.Select(b => b.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Is_refused_with_thing_place_and_remedy_and_leaves_nothing(string name)
    {
        BadInput bad = BadInput.All.Single(b => b.Name == name);
        using Sandbox sandbox = new();
        File.WriteAllText(Path.Combine(sandbox.Root, "state-file"), "");
        foreach ((string variable, string value) in bad.Environment) sandbox.Environment[variable] = value.Replace("{root}", sandbox.Root, StringComparison.Ordinal);
        foreach ((string file, string content) in bad.Files) sandbox.Write(file, content);
        string[] before = Tree(sandbox);
        Answer answer = bad.Spec.Length == 0
            ? await sandbox.RunAsync("submit-flow", "--experiment-dir", sandbox.Experiment, "--spec", "-")
            : await sandbox.SubmitAsync(bad.Spec);
        Check(answer, bad);
        File.Delete(Path.Combine(sandbox.Root, "spec.json"));
        Assert.Equal(before, Tree(sandbox).Where(p => !p.EndsWith("submit.lock", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_batch_says_which_spec_is_bad_and_what_was_submitted_and_can_be_sent_again()
    {
        using Sandbox sandbox = new();
        Answer first = await sandbox.SubmitAsync("""{"specs": [{"command": "true", "tasks": [{"i": 0}]}, {"command": "echo {x}", "tasks": [{"i": 0}]}, {"command": "true", "tasks": [{"i": 2}]}]}""");
        Assert.Equal((1, "spec_invalid"), (first.ExitCode, first.ErrorCode));
        Assert.Contains("specs[1]", first.Message, StringComparison.Ordinal);
        Assert.Contains("1 of 3", first.Message, StringComparison.Ordinal);
        Answer second = await sandbox.SubmitAsync("""{"specs": [{"command": "true", "tasks": [{"i": 0}]}, {"command": "echo {i}", "tasks": [{"i": 0}]}, {"command": "true", "tasks": [{"i": 2}]}]}""");
        Assert.True(second.IsOk, second.Json.ToString());
        Assert.Equal([true, false, false], second.Data.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("deduped").GetBoolean()));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(sandbox.Experiment, ".hpc", "runs"), "*.json").Length);
        foreach (System.Text.Json.JsonElement run in second.Data.GetProperty("results").EnumerateArray())
            Assert.Equal("complete", (await sandbox.WaitAsync(run.GetProperty("run_id").GetString()!)).State);
    }

    [Fact]
    public async Task Questions_about_what_is_not_there_name_what_is()
    {
        using Sandbox sandbox = new();
        Answer none = await sandbox.RunAsync("status", "--experiment-dir", sandbox.Experiment, "--run-id", "nobody");
        Assert.Equal((1, "spec_invalid"), (none.ExitCode, none.ErrorCode));
        Assert.Contains("no runs", none.Remediation, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(sandbox.Experiment, ".hpc")));
        (string runId, _) = await sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 0}, {"i": 1}]}""");

        foreach (string verb in (string[])["status", "monitor-flow", "aggregate-flow", "logs"])
        {
            string[] more = verb == "logs" ? ["--task-id", "0"] : [];
            Answer unknown = await sandbox.RunAsync([verb, "--experiment-dir", sandbox.Experiment, "--run-id", "nobody", .. more]);
            Assert.Equal((1, "spec_invalid"), (unknown.ExitCode, unknown.ErrorCode));
            Assert.Contains("'nobody'", unknown.Message, StringComparison.Ordinal);
            Assert.Contains(runId, unknown.Remediation, StringComparison.Ordinal);
        }
        Answer task = await sandbox.RunAsync("logs", "--experiment-dir", sandbox.Experiment, "--run-id", runId, "--task-id", "0,7");
        Assert.Equal((1, "spec_invalid"), (task.ExitCode, task.ErrorCode));
        Assert.Contains("7", task.Message, StringComparison.Ordinal);
        Assert.Contains("0 to 1", task.Remediation, StringComparison.Ordinal);
        Answer by = await sandbox.RunAsync("aggregate-flow", "--experiment-dir", sandbox.Experiment, "--run-id", runId, "--by", "lr");
        Assert.Equal((1, "spec_invalid"), (by.ExitCode, by.ErrorCode));
        Assert.Contains("lr", by.Message, StringComparison.Ordinal);
        Answer sha = await sandbox.RunAsync("find-prior-run", "--experiment-dir", sandbox.Experiment, "--cmd-sha", "xyz");
        Assert.Equal((1, "spec_invalid"), (sha.ExitCode, sha.ErrorCode));
        Assert.Contains("cmd_sha", sha.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("submit-flow --spec /no/such/file.json", "/no/such/file.json")]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("status --run-idd x", "--run-idd")]
    [InlineData("status", "run_id")]
    [InlineData("status --run-id ../x", "run_id")]
    [InlineData("logs --run-id x --lines many", "lines")]
    [InlineData("submit-flow --experiment-dir /no/such/folder --command true --tasks-file t.csv", "/no/such/folder")]
    [InlineData("", "command")]
    public async Task A_wrong_command_line_is_one_json_error_line(string line, string says)
    {
        using Sandbox sandbox = new();
        Answer answer = await sandbox.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, answer.ExitCode);
        Assert.False(answer.IsOk);
        Assert.Contains(says, answer.Message, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(answer.Remediation);
        Assert.Equal("user", answer.Json.GetProperty("category").GetString());
    }

    private static void Check(Answer answer, BadInput bad)
    {
        Assert.False(answer.IsOk, answer.Json.ToString());
        Assert.True((answer.ExitCode, answer.ErrorCode) == (bad.Exit, bad.Code), answer.Json.ToString());
        string text = answer.Message + "\n" + answer.Remediation;
        Assert.All(bad.Says, word => Assert.Contains(word, text, StringComparison.Ordinal));
        Assert.NotEmpty(answer.Remediation);
        Assert.True(answer.Message.Length < 1000, answer.Message);
        Assert.DoesNotContain("Exception", answer.Message, StringComparison.Ordinal);
        Assert.Equal("", answer.Error);
    }

    private static string[] Tree(Sandbox sandbox) =>
        [.. Directory.EnumerateFiles(sandbox.Root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }).Order(StringComparer.Ordinal)];
}
