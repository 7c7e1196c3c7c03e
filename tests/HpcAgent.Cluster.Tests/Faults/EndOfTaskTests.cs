using System.Text.Json;
using HpcAgent.Engine.Operations.Stop;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>Tasks that something else ends: a person, the time limit, the memory limit, the power.</summary>
[Collection("cluster")]
public sealed class EndOfTaskTests
{
    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_run_that_is_stopped_ends_what_runs_starts_nothing_and_leaves_other_jobs_alone(string scheduler)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: "  constraints: {max_array_size: 2}\n");
        string log = $"{sandbox.Scratch}/log";
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "echo \"start {i}\" >> {log}; trap 'echo \"signal {i}\" >> {log}; exit 1' TERM INT; sleep 60 & wait",
            tasks = Enumerable.Range(0, 6).Select(i => new { i, log }).ToArray(),
            walltime = "5m",
            memory = "64M",
            max_concurrent = 2,
            tasks_per_element = 1,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        string other = (await ClusterSandbox.OnClusterAsync(
            scheduler == "slurm" ? "cd /tmp && sbatch --parsable -J bystander --mem=16M -o /dev/null --wrap 'sleep 300'" : "cd /tmp && echo 'sleep 300' | qsub -terse -N bystander -l h_vmem=64M -o /dev/null -j y", sandbox.User)).Trim();
        try
        {
            Assert.True(await TestCluster.BecomesTrueAsync(() => File.Exists(log) && File.ReadAllLines(log).Length == 2), "the first tasks did not start");
            (_, bool wasLive) = await StopOperation.ExecuteAsync(submitted.RunId, sandbox.Context(), CancellationToken.None);
            Assert.True(wasLive);
            Answer end = await sandbox.WaitAsync(submitted.RunId);
            Assert.True(end.State == "abandoned", end.Json.ToString());
            Assert.True(end.Count("cancelled") == 6, (await sandbox.RunAsync("status", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--tasks")).Json.ToString());
            string[] lines = File.ReadAllLines(log);
            Assert.Equal(2, lines.Count(l => l.StartsWith("start", StringComparison.Ordinal)));
            // One that hears the scheduler's signal and the dispatcher's may say so twice.
            Assert.Equal(2, lines.Where(l => l.StartsWith("signal", StringComparison.Ordinal)).Distinct().Count());
            string queue = await ClusterSandbox.OnClusterAsync(scheduler == "slurm" ? "squeue -h -o %F" : "qstat | awk 'NR > 2 { print $1 }'", sandbox.User);
            Assert.Contains(other, queue.Split('\n', StringSplitOptions.TrimEntries));
            Assert.DoesNotContain(submitted.Data.GetProperty("job_ids").EnumerateArray(), j => queue.Split('\n', StringSplitOptions.TrimEntries).Contains(j.GetString()));
        }
        finally
        {
            _ = await ClusterSandbox.OnClusterAsync(scheduler == "slurm" ? $"scancel {other}" : $"qdel {other}", sandbox.User);
        }
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_task_over_its_time_is_told_and_ends_as_timeout(string scheduler)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        string log = $"{sandbox.Scratch}/log";
        JsonElement task = await EndAsync(sandbox, new
        {
            cluster = "site",
            command = "trap 'echo signal >> {log}; exit 1' TERM INT; sleep 300 & wait",
            tasks = new[] { new { log } },
            walltime = "10s",
            memory = "64M",
        });
        Assert.Equal("timeout", task.GetProperty("state").GetString());
        Assert.Equal("signal\n", File.ReadAllText(log));
    }

    [SkippableFact]
    public async Task A_task_over_its_memory_ends_as_out_of_memory()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        Skip.IfNot(TestCluster.Facts.GetProperty("slurm").GetProperty("memory_cgroup").GetBoolean(), "Slurm cannot limit memory here");
        using ClusterSandbox sandbox = new("slurm");
        JsonElement task = await EndAsync(sandbox, new
        {
            cluster = "site",
            command = "awk 'BEGIN {{ s = \"0123456789abcdef\"; while (1) s = s s }}'",
            tasks = new[] { new { i = 0 } },
            walltime = "5m",
            memory = "64M",
        });
        Assert.True(task.GetProperty("state").GetString() == "out_of_memory", task.ToString());
    }

    [SkippableFact]
    public async Task A_task_whose_node_lost_its_power_ends_as_node_failure()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        try
        {
            Answer submitted = await SubmitToNodeAsync(sandbox, "--no-requeue");
            await TestCluster.FaultAsync("kill", "node3");
            await TestCluster.FaultAsync("node", "down", "node3");
            Answer end = await sandbox.WaitAsync(submitted.RunId);
            Assert.Equal("failed", end.State);
            JsonElement task = await TaskAsync(sandbox, submitted.RunId);
            Assert.True(task.GetProperty("state").GetString() == "node_failure", task.ToString());
        }
        finally
        {
            await TestCluster.MendAsync();
        }
    }

    [SkippableFact]
    public async Task A_task_whose_node_lost_its_power_runs_again_by_itself()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        Answer submitted;
        try
        {
            submitted = await SubmitToNodeAsync(sandbox, "--requeue");
            await TestCluster.FaultAsync("kill", "node3");
            await TestCluster.FaultAsync("node", "down", "node3");
            Answer status = await sandbox.StatusAsync(submitted.RunId);
            Assert.Equal("in_flight", status.State);
        }
        finally
        {
            await TestCluster.MendAsync();
        }
        Answer end = await sandbox.WaitAsync(submitted.RunId, 170);
        Assert.True(end.State == "complete", end.Json.ToString());
        Assert.Equal("1\n2\n", File.ReadAllText($"{sandbox.Scratch}/log"));
    }

    private static async Task<Answer> SubmitToNodeAsync(ClusterSandbox sandbox, string flag)
    {
        string log = $"{sandbox.Scratch}/log";
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "echo $HPC_ATTEMPT >> {log}; [ $HPC_ATTEMPT = 2 ] || sleep 100; echo '{{\"x\": 1}}' > \"$RESULT_DIR/metrics.json\"",
            tasks = new[] { new { log } },
            walltime = "5m",
            memory = "64M",
            submit_flags = new[] { "--nodelist=node3", flag },
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.True(await TestCluster.BecomesTrueAsync(() => File.Exists(log)), "the task did not start");
        return submitted;
    }

    private static async Task<JsonElement> EndAsync(ClusterSandbox sandbox, object spec)
    {
        Answer submitted = await sandbox.SubmitAsync(spec);
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Answer end = await sandbox.WaitAsync(submitted.RunId, 170);
        Assert.True(end.State == "failed", end.Json.ToString());
        return await TaskAsync(sandbox, submitted.RunId);
    }

    private static async Task<JsonElement> TaskAsync(ClusterSandbox sandbox, string runId)
    {
        Answer status = await sandbox.RunAsync("status", "--run-id", runId, "--experiment-dir", sandbox.Experiment, "--tasks");
        return Assert.Single(status.Tasks);
    }
}
