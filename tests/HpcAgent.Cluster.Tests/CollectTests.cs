using HpcAgent.Engine.Operations.Receive;

namespace HpcAgent.Cluster.Tests;

/// <summary>Results, archives and a reducer of the user's own, over ssh from real schedulers.</summary>
[Collection("cluster")]
public sealed class CollectTests
{
    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Files_travel_once_an_archive_verifies_and_a_reducer_runs_there(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, Way.Ssh);
        sandbox.Write("task.sh", "echo \"{\\\"x\\\": $1.5}\" > \"$RESULT_DIR/metrics.json\"; head -c 20000 /dev/urandom > \"$RESULT_DIR/it's a blob\"\n");
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "sh task.sh {i}",
            tasks = Enumerable.Range(0, 12).Select(i => new { i }),
            walltime = "5m",
            tasks_per_element = 4,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);

        ReceivedResults small = await ReceiveAsync(sandbox, submitted.RunId, ["metrics.json"]);
        Assert.Equal((12, 12), (small.TaskCount, small.FileCount));
        int executed = await ExecutionsAsync(() => ReceiveAsync(sandbox, submitted.RunId, []));
        Assert.Equal(1, executed);
        (_, int executions) = TestCluster.SshCounts();
        ReceivedResults again = await ReceiveAsync(sandbox, submitted.RunId, []);
        Assert.Equal((0, 24), (again.FileCount, again.SkippedCount));
        Assert.Equal(executions, TestCluster.SshCounts().Executions);
        Assert.Empty(again.Warnings);

        Answer kept = await sandbox.RunAsync("aggregate-flow", "--experiment-dir", sandbox.Experiment, "--run-id", submitted.RunId, "--keep-waves");
        Assert.True(kept.IsOk, kept.Json.ToString());
        Answer verified = await sandbox.RunAsync("verify-aggregation-complete", "--experiment-dir", sandbox.Experiment, "--run-id", submitted.RunId);
        Assert.True(verified.Data.GetProperty("ok").GetBoolean(), verified.Json.ToString());

        Answer reduced = await sandbox.RunAsync(
            "cluster-reduce", "--experiment-dir", sandbox.Experiment, "--run-id", submitted.RunId, "--output-path", "out/{run_id}.json", "--extra-env", "WHO=me too",
            "--aggregate-cmd", "echo \"from $WHO\" >&2; printf '{\"n\": %s}' \"$(cat \"$HPC_RESULTS_DIR\"/*/*/metrics.json | wc -l)\" >\"$HPC_AGGREGATED_OUTPUT\"");
        Assert.True(reduced.IsOk, reduced.Json.ToString());
        Assert.Equal((12, "from me too"), (reduced.Data.GetProperty("reduced").GetProperty("n").GetInt32(), reduced.Data.GetProperty("stderr_tail").GetString()));
        Answer failed = await sandbox.RunAsync("cluster-reduce", "--experiment-dir", sandbox.Experiment, "--run-id", submitted.RunId, "--aggregate-cmd", "echo no >&2; exit 9");
        Assert.Equal((2, 9, "no"), (failed.ExitCode, failed.Data.GetProperty("exit_code").GetInt32(), failed.Data.GetProperty("stderr_tail").GetString()));
    }

    private static Task<ReceivedResults> ReceiveAsync(ClusterSandbox sandbox, string run, string[] patterns) => new ReceiveOperation().ExecuteAsync(
        new ReceiveRequest { RunId = run, Destination = Path.Combine(Path.GetDirectoryName(sandbox.Experiment)!, "received"), Patterns = patterns }, sandbox.Context(), null, CancellationToken.None);

    private static async Task<int> ExecutionsAsync(Func<Task<ReceivedResults>> receive)
    {
        (_, int before) = TestCluster.SshCounts();
        ReceivedResults result = await receive();
        Assert.Equal((12, 12), (result.FileCount, result.SkippedCount));
        return TestCluster.SshCounts().Executions - before;
    }
}
