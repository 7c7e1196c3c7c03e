namespace HpcAgent.Cli.Tests.Contract;

/// <summary>How what a task wrote becomes its results.</summary>
public sealed class PromotionTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Whoever_sees_the_metrics_sees_everything_else_too()
    {
        string runId = await _sandbox.StartRunAsync("""
            {"command": "cd \"$RESULT_DIR\" && echo '{{}}' > metrics.json && mkdir -p z/y && for i in $(seq 300); do echo $i > z/y/$i; echo $i > zz$i; done", "tasks": [{"i": 0}]}
            """);
        string results = _sandbox.Results(runId, 0);
        Assert.True(await Sandbox.BecomesTrueAsync(() => Directory.Exists(results)));
        while (!File.Exists(Path.Combine(results, "metrics.json"))) Assert.False(Directory.Exists(Path.Combine(results, "metrics.json")));
        Assert.Equal(300, Directory.GetFiles(Path.Combine(results, "z", "y")).Length);
        Assert.Equal(300, Directory.GetFiles(results, "zz*").Length);
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
        Assert.False(Directory.Exists(_sandbox.Work(runId, 0)));
    }

    [Fact]
    public async Task Only_regular_files_with_content_are_promoted_and_links_are_never_followed()
    {
        string outside = Directory.CreateDirectory(Path.Combine(_sandbox.Root, "data", "deep")).Parent!.FullName;
        File.WriteAllText(Path.Combine(outside, "precious"), "p");
        File.WriteAllText(Path.Combine(outside, "deep", "precious"), "p");
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "cd \"$RESULT_DIR\" && echo x > real && : > empty && mkfifo pipe && ln -s {outside} folder && ln -s {outside}/precious file && " +
                "mkdir -p a/b/c hollow && echo y > a/b/c/nested && echo h > '.hidden name\n'",
            tasks = new[] { new { outside } },
        });
        Assert.Equal("complete", end.State);
        string results = _sandbox.Results(runId, 0);
        string[] files = [.. Directory.EnumerateFileSystemEntries(results, "*", SearchOption.AllDirectories).Where(File.Exists).Select(f => Path.GetRelativePath(results, f)).Order(StringComparer.Ordinal)];
        Assert.Equal([".hidden name\n", ".hpc_stamp", "a/b/c/nested", "real"], files);
        Assert.Equal("p", File.ReadAllText(Path.Combine(outside, "precious")));
        Assert.Equal("p", File.ReadAllText(Path.Combine(outside, "deep", "precious")));
        Assert.False(Directory.Exists(_sandbox.Work(runId, 0)));
    }

    [Fact]
    public async Task A_failed_task_keeps_its_work_folder_and_its_log_and_promotes_nothing()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "echo '{{\"loss\": 1}}' > \"$RESULT_DIR/metrics.json\"; echo why >&2; exit {code}", "tasks": [{"code": 7}, {"code": 0}]}
            """);
        Assert.Equal("failed", end.State);
        Assert.True(File.Exists(Path.Combine(_sandbox.Work(runId, 0), "metrics.json")));
        Assert.False(Directory.Exists(_sandbox.Results(runId, 0)));
        Assert.Equal("why\n", File.ReadAllText(_sandbox.Layout(runId).TaskLog(0, 1)));
        Assert.Equal("why\n", await _sandbox.LogAsync(runId, 0));
        System.Text.Json.JsonElement aggregate = await _sandbox.AggregateAsync(runId);
        Assert.False(aggregate.GetProperty("complete").GetBoolean());
        Assert.Equal(1, aggregate.GetProperty("used_tasks").GetInt64());
        Assert.Equal(0, aggregate.GetProperty("missing_tasks")[0].GetInt64());
    }

    [Fact]
    public async Task Results_go_where_the_template_says_with_values_that_no_path_could_hold()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "echo '{{\"one\": 1}}' > \"$RESULT_DIR/metrics.json\"", "result_dir_template": "{model}/seed-{seed}",
             "tasks": [{"model": "a/b", "seed": 1}, {"model": "..", "seed": 1}, {"model": "ä ö", "seed": 2}]}
            """);
        Assert.Equal("complete", end.State);
        string results = _sandbox.Layout(runId).Results;
        Assert.True(File.Exists(Path.Combine(results, "a%2Fb", "seed-1", "metrics.json")));
        Assert.True(File.Exists(Path.Combine(results, "%2E%2E", "seed-1", "metrics.json")));
        Assert.True(File.Exists(Path.Combine(results, "ä%20ö", "seed-2", "metrics.json")));
        Assert.True((await _sandbox.AggregateAsync(runId)).GetProperty("complete").GetBoolean());
    }
}
