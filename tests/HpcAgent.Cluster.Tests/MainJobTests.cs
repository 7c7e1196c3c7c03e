using System.Text.Json;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cluster.Tests;

/// <summary>The main job on real schedulers: submit, follow, aggregate, each in one connection and one execution.</summary>
[Collection("cluster")]
public sealed class MainJobTests
{
    private const string Limits = "  constraints: {max_array_size: 100}\n";

    [SkippableTheory]
    [InlineData("slurm", Way.Ssh)]
    [InlineData("slurm", Way.LoginNode)]
    [InlineData("sge", Way.Ssh)]
    [InlineData("sge", Way.LoginNode)]
    public async Task Three_hundred_tasks_in_several_arrays_are_submitted_followed_and_aggregated(string scheduler, Way way)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, way, Limits);
        // The run must not be over before it was asked for again, however slow that is.
        string gate = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        sandbox.Write("task.sh", $"[ $1 != 0 ] || until [ -e {gate} ]; do sleep 0.2; done\n" + "echo \"task $1\"; [ $(($1 % 50)) != 7 ] || exit 3; echo \"{\\\"loss\\\": $1.5}\" > \"$RESULT_DIR/metrics.json\"\n");
        object spec = new
        {
            cluster = "site",
            command = "sh task.sh {i}",
            task_generator = new { kind = "cartesian_product", @params = new { axes = new { i = Enumerable.Range(0, 300) } } },
            walltime = "5m",
            memory = "64M",
            max_concurrent = 30,
            tasks_per_element = 1,
        };
        Answer submitted = await sandbox.SubmitAsync(spec);
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.True(submitted.Data.GetProperty("plan").GetProperty("batches").GetArrayLength() >= 3, submitted.Json.ToString());
        Answer again = await sandbox.SubmitAsync(spec);
        Assert.True(again.Data.GetProperty("deduped").GetBoolean());
        Assert.Equal(submitted.RunId, again.RunId);

        File.WriteAllText(gate, "");
        Answer end = await sandbox.WaitAsync(submitted.RunId);
        File.Delete(gate);
        Assert.Equal("failed", end.State);
        Assert.Equal(294, end.Count("complete"));
        Assert.Equal(6, end.Count("failed"));

        Answer aggregate = await sandbox.RunAsync("aggregate-flow", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--by", "i", "--dry-run");
        Assert.True(aggregate.IsOk, aggregate.Json.ToString());
        JsonElement[] groups = [.. aggregate.Data.GetProperty("aggregate").GetProperty("groups").EnumerateArray()];
        Assert.Equal(300, groups.Length);
        Assert.All(
            groups.Where(g => g.GetProperty("key").GetProperty("i").GetInt64() % 50 != 7),
            g => Assert.Equal(g.GetProperty("key").GetProperty("i").GetInt64() + 0.5, g.GetProperty("metrics").GetProperty("loss").GetProperty("mean").GetDouble()));

        Answer logs = await sandbox.RunAsync("logs", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--task-id", "7", "--task-id", "8");
        Assert.Equal(["task 7\n", "task 8\n"], logs.Data.GetProperty("logs").EnumerateArray().Select(l => l.GetProperty("content").GetString()));
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Each_operation_is_one_connection_and_one_execution(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, Way.Ssh, "  constraints: {max_array_size: 1}\n  ssh_options: [ControlMaster=no, ControlPath=none]\n");
        sandbox.Write("code.sh", "echo \"{\\\"x\\\": 1}\" > \"$RESULT_DIR/metrics.json\"\n");
        // What the site enforces is asked once a day.
        Assert.True((await sandbox.SubmitAsync(Spec(1))).IsOk);
        Answer submitted = await CountAsync(() => sandbox.SubmitAsync(Spec(50)));
        Assert.Equal(50, submitted.Data.GetProperty("plan").GetProperty("batches").GetArrayLength());
        _ = await CountAsync(() => sandbox.StatusAsync(submitted.RunId));
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);
        Answer aggregate = await CountAsync(() => sandbox.RunAsync("aggregate-flow", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--dry-run"));
        Assert.Equal(50, aggregate.Data.GetProperty("aggregate").GetProperty("used_tasks").GetInt64());

        static object Spec(int count) => new { cluster = "site", command = "sh code.sh {i}", tasks = Enumerable.Range(0, count).Select(i => new { i }), walltime = "5m", tasks_per_element = 1 };
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Five_runs_are_looked_at_in_one_execution_and_each_gets_its_own_state(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        List<string> runs = [];
        for (int i = 0; i < 5; i++)
            runs.Add((await sandbox.SubmitAsync(new { cluster = "site", command = $"[ {{n}} = 0 ] || exit {i}", tasks = new[] { new { n = 0 }, new { n = 1 } }, walltime = "5m" })).RunId);
        RunSurvey survey = new(_ => sandbox.Context());
        IReadOnlyList<SurveyedRun> seen = [];
        for (int looks = 0; looks < 100 && (looks == 0 || seen.Any(r => r.Status!.State == LifecycleState.InFlight)); looks++)
        {
            (_, int executions) = TestCluster.SshCounts();
            seen = await survey.LookAsync([.. runs.Select(r => (r, sandbox.Experiment))], CancellationToken.None);
            Assert.Equal(executions + 1, TestCluster.SshCounts().Executions);
            Assert.Equal(1, seen.Sum(r => r.Status!.Wire.ExecutionCount));
            await Task.Delay(500);
        }
        Assert.Equal(runs, seen.Select(r => r.RunId));
        Assert.Equal(LifecycleState.Complete, seen[0].Status!.State);
        Assert.All(seen.Skip(1), r => Assert.Equal((LifecycleState.Failed, 1L, 1L), (r.Status!.State, r.Status.Counts.CompleteCount, r.Status.Counts.FailedCount)));
        Assert.Equal([1, 2, 3, 4], seen.Skip(1).Select(r => r.Status!.NewestFailures.Single().ExitCode));
    }

    private static async Task<Answer> CountAsync(Func<Task<Answer>> operation)
    {
        (int connections, int executions) = TestCluster.SshCounts();
        Answer answer = await operation();
        Assert.True(answer.IsOk, answer.Json + answer.Error);
        Assert.Equal((connections + 1, executions + 1), TestCluster.SshCounts());
        return answer;
    }
}
