using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>One real task before all others, on the real schedulers.</summary>
[Collection("cluster")]
public sealed class CanaryTests
{
    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_canary_that_passed_leads_to_the_run_with_what_it_needed_in_the_plan(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        sandbox.Write("task.sh", "sleep 2; echo \"task $1\"; echo \"{\\\"loss\\\": $1.5}\" > \"$RESULT_DIR/metrics.json\"; echo m > \"$RESULT_DIR/model.pt\"\n");
        Answer sent = await sandbox.SubmitAsync(Spec("sh task.sh {i}"));
        Assert.True(sent.IsOk, sent.Json.ToString());
        Assert.True(sent.Data.GetProperty("main_launched").GetBoolean());
        string canary = sent.Data.GetProperty("canary_run_id").GetString()!;
        Assert.Equal(sent.RunId + "-canary", canary);
        JsonElement verdict = sent.Data.GetProperty("canary");
        Assert.True(verdict.GetProperty("ok").GetBoolean());
        Assert.Equal("task 0\n", verdict.GetProperty("stderr_tail").GetString());
        Assert.InRange(verdict.GetProperty("failure_features").GetProperty("elapsed_seconds").GetDouble(), 2, 60);
        Assert.Equal(64, verdict.GetProperty("metrics_fingerprint").GetString()!.Length);
        string[] assumptions = [.. sent.Data.GetProperty("plan").GetProperty("assumptions").EnumerateArray().Select(a => a.GetString()!)];
        Assert.Contains(assumptions, a => a.StartsWith($"the canary {canary} took ", StringComparison.Ordinal));
        Assert.Contains(assumptions, a => a.StartsWith("a task may take 6m: twice what the canary took", StringComparison.Ordinal));
        bool isMeasured = verdict.GetProperty("failure_features").GetProperty("peak_memory_bytes").ValueKind == JsonValueKind.Number;
        Assert.Contains(assumptions, a => isMeasured
            ? a.Contains("half as much again as the canary's peak", StringComparison.Ordinal)
            : a == "the canary's peak memory is not known: no memory is asked for");

        Assert.Equal("complete", (await sandbox.WaitAsync(sent.RunId)).State);
        Assert.Single(await sandbox.JobIdsAsync(Assert.Single(sandbox.JobNames(canary))));
        Answer present = await VerifyAsync(sandbox, canary, "--expect-output", "model.pt");
        Assert.True(present.Data.GetProperty("ok").GetBoolean(), present.Json.ToString());
        Answer absent = await VerifyAsync(sandbox, canary, "--expect-output", "model.pt", "--expect-output", "other.pt");
        Assert.Equal((2, "missing_output"), (absent.ExitCode, absent.Data.GetProperty("failure_kind").GetString()));
        Assert.Contains("did not leave other.pt", absent.Data.GetProperty("details").GetString(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_canary_that_failed_stops_the_run(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer failed = await sandbox.SubmitAsync(Spec("echo begun; python3 -c 'import nosuchmodule{i}'"));
        Assert.Equal((2, "remote_command_failed"), (failed.ExitCode, failed.ErrorCode));
        JsonElement features = failed.Json.GetProperty("failure_features");
        Assert.Equal(("module_not_found", 1), (features.GetProperty("failure_kind").GetString(), features.GetProperty("exit_code").GetInt32()));
        Assert.Contains("No module named 'nosuchmodule0'", failed.Message, StringComparison.Ordinal);
        Assert.Contains("begun", failed.Message, StringComparison.Ordinal);
        string record = Assert.Single(Directory.GetFiles(Path.Combine(sandbox.Experiment, ".hpc", "runs"), "*.json"));
        Assert.Equal(features.GetProperty("canary_run_id").GetString(), Path.GetFileNameWithoutExtension(record));
        Assert.Single(await sandbox.JobIdsAsync(Assert.Single(sandbox.JobNames(Path.GetFileNameWithoutExtension(record)))));
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_canary_that_is_ended_in_the_queue_is_no_success_and_no_guess(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer alone = await sandbox.SubmitAsync(Spec("sleep 300; true {i}", only: true));
        Assert.True(alone.IsOk, alone.Json.ToString());
        Assert.False(alone.Data.GetProperty("main_launched").GetBoolean());
        string canary = alone.Data.GetProperty("canary_run_id").GetString()!;
        Answer waited = await VerifyAsync(sandbox, canary, "--wait-budget-sec", "1");
        Assert.Equal((2, "timeout"), (waited.ExitCode, waited.Data.GetProperty("failure_kind").GetString()));
        string name = Assert.Single(sandbox.JobNames(canary));
        _ = await ClusterSandbox.OnClusterAsync(scheduler == "slurm" ? $"scancel --name={name}" : $"qdel {name}", sandbox.User);
        Answer ended = await VerifyAsync(sandbox, canary, "--wait-budget-sec", "100", "--poll-interval-sec", "2");
        Assert.False(ended.Data.GetProperty("ok").GetBoolean(), ended.Json.ToString());
        Assert.Contains(ended.Data.GetProperty("failure_kind").GetString(), new[] { "abandoned", "preempted" });
    }

    private static object Spec(string command, bool only = false) => new
    {
        cluster = "site",
        command,
        canary = true,
        canary_only = only,
        canary_wait_budget_sec = 90,
        tasks = Enumerable.Range(0, 6).Select(i => new { i }),
    };

    private static Task<Answer> VerifyAsync(ClusterSandbox sandbox, string canary, params string[] more) =>
        sandbox.RunAsync(["verify-canary", "--canary-run-id", canary, "--experiment-dir", sandbox.Experiment, .. more]);
}
