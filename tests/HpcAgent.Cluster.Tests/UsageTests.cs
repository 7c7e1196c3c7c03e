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

    private static async Task<JsonElement[]> TasksAsync(ClusterSandbox sandbox, string runId)
    {
        Answer status = await sandbox.RunAsync("status", "--run-id", runId, "--experiment-dir", sandbox.Experiment, "--tasks");
        return [.. status.Data.GetProperty("last_status").GetProperty("tasks").EnumerateArray()];
    }
}
