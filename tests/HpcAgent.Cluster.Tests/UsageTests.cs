using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>What tasks used, from the accounting of real schedulers.</summary>
[Collection("cluster")]
public sealed class UsageTests
{
    // Ninety megabytes, a second or two of one processor, and then two of none, in which the memory is sampled.
    private const string Work = "awk 'BEGIN { s = \"x\"; while (length(s) < 90000000) s = s s; for (i = 0; i < 20000000; i++) n += i; system(\"sleep 3\"); print n }'";

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Memory_processor_time_wait_and_node_of_each_task_come_with_the_look_at_its_end(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await sandbox.SubmitAsync(new { cluster = "site", command = Work + " # {i}", tasks = new[] { new { i = 0 }, new { i = 1 } }, walltime = "5m", tasks_per_element = 1 });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);
        JsonElement[] tasks = await TasksAsync(sandbox, submitted.RunId);
        Assert.All(tasks, task =>
        {
            Assert.True(task.GetProperty("peak_memory_bytes").GetInt64() > 90_000_000, task.ToString());
            Assert.InRange(task.GetProperty("cpu_seconds").GetDouble(), 0.2, 60);
            Assert.InRange(task.GetProperty("queue_wait_seconds").GetDouble(), 0, 120);
            Assert.NotEqual("", task.GetProperty("node").GetString());
        });
    }

    [SkippableTheory]
    [InlineData("slurm")]
    public async Task The_memory_of_a_packed_element_is_not_shown_as_that_of_its_tasks(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await sandbox.SubmitAsync(new { cluster = "site", command = "sleep 2; : {i}", tasks = new[] { new { i = 0 }, new { i = 1 } }, walltime = "5m", tasks_per_element = 2 });
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);
        JsonElement[] tasks = await TasksAsync(sandbox, submitted.RunId);
        Assert.All(tasks, task => Assert.False(task.TryGetProperty("peak_memory_bytes", out _) || task.TryGetProperty("cpu_seconds", out _), task.ToString()));
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task What_was_used_is_set_beside_what_was_asked_for_and_teaches_the_next_plan(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        // Memory is a limit of virtual memory on Grid Engine, where this one shell needs most of it.
        object Spec(int first) => new { cluster = "site", command = Work + " # {i}", tasks = Enumerable.Range(first, 3).Select(i => new { i }), walltime = "1h", memory = "1G", cpus = 2, tasks_per_element = 1 };
        Answer submitted = await sandbox.SubmitAsync(Spec(0));
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);
        _ = await TasksAsync(sandbox, submitted.RunId);
        Answer efficiency = await sandbox.RunAsync("efficiency", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment);
        Assert.True(efficiency.IsOk, efficiency.Json.ToString());
        JsonElement report = efficiency.Data;
        Assert.Equal((3, 3, 3), (report.GetProperty("measured_tasks").GetInt32(), report.GetProperty("used").GetProperty("peak_memory_tasks").GetInt32(), report.GetProperty("used").GetProperty("cpu_time_tasks").GetInt32()));
        Assert.InRange(report.GetProperty("memory_efficiency").GetDouble(), 90e6 / (1L << 30), 1);
        Assert.InRange(report.GetProperty("cpu_efficiency").GetDouble(), 0.01, 0.5);
        Assert.Equal(1, report.GetProperty("suggested").GetProperty("cpus").GetInt32());
        Assert.InRange(report.GetProperty("suggested").GetProperty("walltime_sec").GetDouble(), 60, 600);
        Assert.True(report.GetProperty("wasted_core_hours").GetDouble() > 0);
        // What was learnt is known without asking the cluster again.
        (_, int executions) = TestCluster.SshCounts();
        Assert.True((await sandbox.RunAsync("efficiency", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment)).IsOk);
        Assert.Equal(executions, TestCluster.SshCounts().Executions);

        Answer plan = await sandbox.RunAsync("submit-flow", "--spec", sandbox.WriteSpec(Spec(100)), "--experiment-dir", sandbox.Experiment, "--dry-run");
        Assert.Contains("the median of 3 tasks of this command", plan.Json.ToString(), StringComparison.Ordinal);
        string samples = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(sandbox.State, "site.jsonl", SearchOption.AllDirectories)));
        Assert.Equal(3, samples.Split('\n').Count(line => line.Contains("cpu_seconds_used", StringComparison.Ordinal) && line.Contains("queue_wait_sec", StringComparison.Ordinal)));
    }

    // Grid Engine writes its accounting every quarter of a minute.
    private static async Task<JsonElement[]> TasksAsync(ClusterSandbox sandbox, string runId)
    {
        JsonElement[] tasks = [];
        for (int look = 0; look < 40 && !tasks.Any(t => t.TryGetProperty("queue_wait_seconds", out _)); look++)
        {
            if (look > 0) await Task.Delay(500);
            Answer status = await sandbox.RunAsync("status", "--run-id", runId, "--experiment-dir", sandbox.Experiment, "--tasks");
            tasks = [.. status.Data.GetProperty("last_status").GetProperty("tasks").EnumerateArray()];
        }
        return tasks;
    }
}
