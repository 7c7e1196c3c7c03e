using System.Text.Json;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cli.Tests.Faults;

/// <summary>A client that dies at any step of a submission leaves nothing that the same submission, made again, does not finish.</summary>
public sealed class ClientKillTests
{
    private const int Tasks = 6;

    [Fact]
    public async Task Killed_after_any_step_and_repeated_a_submission_makes_one_run_and_each_task_runs_once()
    {
        IReadOnlyList<string> steps = await LearnStepsAsync();
        Assert.Superset(new HashSet<string> { "intent", "sending", "order", "queued", "identified", "submitted" }, steps.ToHashSet());
        foreach (string step in steps) await DieAndRepeatAsync(step, looksBetween: false);
    }

    [Theory]
    [InlineData("intent")]
    [InlineData("queued")]
    [InlineData("identified")]
    public async Task Looking_at_a_half_made_run_disturbs_nothing(string step) => await DieAndRepeatAsync(step, looksBetween: true);

    private static async Task DieAndRepeatAsync(string step, bool looksBetween)
    {
        using Sandbox sandbox = new();
        string log = Path.Combine(sandbox.Root, "attempts");
        string spec = sandbox.WriteSpec(Spec(log));
        (int exit, string output, string error) = await sandbox.StartAsync(Sandbox.FaultClient, sandbox.Experiment, Sandbox.CliFolder, spec, step);
        Assert.True(exit == 137, $"{step}: exit {exit}\n{output}{error}");
        Assert.EndsWith($"step {step}", output.TrimEnd(), StringComparison.Ordinal);
        if (looksBetween) await LookAsync(sandbox);

        Answer submitted = await sandbox.RunAsync("submit-flow", "--experiment-dir", sandbox.Experiment, "--spec", spec);
        Assert.True(submitted.IsOk, $"{step}: {submitted.Json}");
        Answer end = await sandbox.WaitAsync(submitted.RunId);
        Assert.True(end.State == "complete", $"{step}: {end.Json}");

        string runs = Path.Combine(sandbox.Experiment, ".hpc", "runs");
        Assert.Single(Directory.GetFiles(runs, "*.json"));
        Assert.Single(Directory.GetDirectories(runs));
        Assert.Single(submitted.Data.GetProperty("job_ids").EnumerateArray());
        Assert.Equal(Enumerable.Range(0, Tasks).Select(i => $"{i} 1"), File.ReadAllLines(log).Order(StringComparer.Ordinal));
        Assert.Equal(Tasks, sandbox.Events(submitted.RunId).Count(e => e.Kind == TaskEventKind.End && e.State == TaskState.Complete));
        JsonElement aggregate = await sandbox.AggregateAsync(submitted.RunId);
        Assert.True(aggregate.GetProperty("complete").GetBoolean());
        Assert.Equal(Tasks, aggregate.GetProperty("used_tasks").GetInt64());

        Answer prior = await sandbox.RunAsync(
            "find-prior-run", "--experiment-dir", sandbox.Experiment, "--cmd-sha", submitted.Data.GetProperty("cmd_sha").GetString()!);
        Assert.Equal(submitted.RunId, prior.Data.GetProperty("prior_run_id").GetString());
        Assert.False(prior.Data.GetProperty("is_orphan").GetBoolean());
        Assert.Equal("complete", prior.Data.GetProperty("status").GetString());
        Answer live = await sandbox.RunAsync("list-in-flight", "--experiment-dir", sandbox.Experiment);
        Assert.Empty(live.Data.GetProperty("runs").EnumerateArray());
        Answer again = await sandbox.RunAsync("submit-flow", "--experiment-dir", sandbox.Experiment, "--spec", spec);
        Assert.True(again.Data.GetProperty("deduped").GetBoolean());
        Assert.Equal(submitted.RunId, again.RunId);
    }

    private static async Task LookAsync(Sandbox sandbox)
    {
        Answer live = await sandbox.RunAsync("list-in-flight", "--experiment-dir", sandbox.Experiment);
        JsonElement run = Assert.Single(live.Data.GetProperty("runs").EnumerateArray());
        string runId = run.GetProperty("run_id").GetString()!;
        Answer prior = await sandbox.RunAsync("find-prior-run", "--experiment-dir", sandbox.Experiment, "--cmd-sha", run.GetProperty("cmd_sha").GetString()!);
        Assert.Equal(runId, prior.Data.GetProperty("prior_run_id").GetString());
        Assert.Equal(run.GetProperty("job_ids").GetArrayLength() == 0, prior.Data.GetProperty("is_orphan").GetBoolean());
        Answer status = await sandbox.StatusAsync(runId);
        Assert.True(status.IsOk, status.Json.ToString());
        Assert.Contains(status.State, (string[])["unable_to_verify", "in_flight", "complete"]);
        await Task.Delay(500);
    }

    private static async Task<IReadOnlyList<string>> LearnStepsAsync()
    {
        using Sandbox sandbox = new();
        string spec = sandbox.WriteSpec(Spec(Path.Combine(sandbox.Root, "attempts")));
        (int exit, string output, string error) = await sandbox.StartAsync(Sandbox.FaultClient, sandbox.Experiment, Sandbox.CliFolder, spec, "none");
        Assert.True(exit == 0, error);
        return [.. output.Split('\n').Where(l => l.StartsWith("step ", StringComparison.Ordinal)).Select(l => l[5..])];
    }

    private static object Spec(string log) => new
    {
        command = "echo \"{i} $HPC_ATTEMPT\" >> {log}; echo \"{{\\\"id\\\": $HPC_TASK_ID}}\" > \"$RESULT_DIR/metrics.json\"",
        tasks = Enumerable.Range(0, Tasks).Select(i => new { i, log }).ToArray(),
    };
}
