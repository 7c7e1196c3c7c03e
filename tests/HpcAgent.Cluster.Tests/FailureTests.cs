using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>Why tasks failed, on real schedulers, with planted causes.</summary>
[Collection("cluster")]
public sealed class FailureTests
{
    [SkippableTheory]
    [InlineData("slurm", Way.Ssh)]
    [InlineData("slurm", Way.LoginNode)]
    [InlineData("sge", Way.Ssh)]
    public async Task Planted_causes_are_found_in_one_execution_and_logs_are_fetched_once(string scheduler, Way way)
    {
        TestCluster.Need(scheduler);
        if (way == Way.LoginNode) TestCluster.NeedTime();
        using ClusterSandbox sandbox = new(scheduler, way, "  ssh_options: [ControlMaster=no, ControlPath=none]\n");
        sandbox.Write("task.py", """
            import os, signal, sys
            batch, seed = int(sys.argv[1]), int(sys.argv[2])
            if seed == 3:
                os.kill(os.getppid(), signal.SIGKILL)
                os._exit(1)
            if batch == 256: raise ValueError("batch %d does not divide the data" % batch)
            open(os.path.join(os.environ["RESULT_DIR"], "metrics.json"), "w").write('{"x": 1}')
            """);
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "[ {seed} != 5 ] || {{ echo waiting for {batch}; sleep 600; }}; python3 task.py {batch} {seed}",
            task_generator = new { kind = "cartesian_product", @params = new { axes = new { batch = new[] { 32, 64, 128, 256 }, seed = Enumerable.Range(1, 8) } } },
            walltime = "8s",
            memory = "96M",
            tasks_per_element = 1,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("failed", (await sandbox.WaitAsync(submitted.RunId)).State);
        // The looks of the wait brought the logs; this one brings nothing more.
        (int connections, int executions) = TestCluster.SshCounts();
        JsonElement data = await FailuresAsync(sandbox, submitted.RunId);
        if (way == Way.Ssh) Assert.Equal((connections + 1, executions + 1), TestCluster.SshCounts());
        Assert.Equal(0, data.GetProperty("unread_logs").GetInt64());
        long bytes = data.GetProperty("wire").GetProperty("bytes_down").GetInt64();
        Assert.True(bytes < 2000, $"{bytes} bytes");

        Dictionary<string, JsonElement> groups = data.GetProperty("clusters").EnumerateArray().ToDictionary(g => g.GetProperty("category").GetString()!);
        Assert.Equal(["code_bug", "killed", "walltime"], groups.Keys.Order(StringComparer.Ordinal));
        Assert.StartsWith("all 6 have batch=256, 2 of 26 others (p ", groups["code_bug"].GetProperty("common").GetString(), StringComparison.Ordinal);
        Assert.Equal("ValueError: batch 256 does not divide the data", groups["code_bug"].GetProperty("cause").GetString());
        Assert.Equal("task.py:6", groups["code_bug"].GetProperty("location").GetString());
        Assert.StartsWith("all 4 have seed=3 (p ", groups["killed"].GetProperty("common").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("all 4 have seed=5 (p ", groups["walltime"].GetProperty("common").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("waiting for ", groups["walltime"].GetProperty("exemplar").GetProperty("log").GetString(), StringComparison.Ordinal);

        // A machine that has never seen the run learns all of it in one look too.
        string mirrors = Path.Combine(sandbox.State, "mirrors");
        string tasks = Directory.GetDirectories(mirrors, "tasks", SearchOption.AllDirectories).Single();
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(tasks)!)) File.Delete(file);
        Directory.Delete(Path.Combine(Path.GetDirectoryName(tasks)!, "events"), recursive: true);
        JsonElement fresh = await FailuresAsync(sandbox, submitted.RunId);
        Assert.Equal(1, fresh.GetProperty("wire").GetProperty("executions").GetInt32());
        Assert.Equal(data.GetProperty("clusters").GetRawText(), fresh.GetProperty("clusters").GetRawText());
    }

    [SkippableFact]
    public async Task A_task_over_its_memory_is_said_to_be_one()
    {
        TestCluster.Need("slurm");
        Skip.IfNot(TestCluster.Facts.GetProperty("slurm").GetProperty("memory_cgroup").GetBoolean(), "Slurm cannot limit memory here");
        using ClusterSandbox sandbox = new("slurm");
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "[ {i} = 0 ] || awk 'BEGIN {{ s = \"0123456789abcdef\"; while (1) s = s s }}'",
            tasks = Enumerable.Range(0, 3).Select(i => new { i }),
            walltime = "5m",
            memory = "64M",
            tasks_per_element = 1,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("failed", (await sandbox.WaitAsync(submitted.RunId)).State);
        JsonElement group = Assert.Single((await FailuresAsync(sandbox, submitted.RunId)).GetProperty("clusters").EnumerateArray());
        Assert.Equal(("system_oom", 2), (group.GetProperty("category").GetString(), group.GetProperty("count").GetInt32()));
    }

    private static async Task<JsonElement> FailuresAsync(ClusterSandbox sandbox, string runId)
    {
        Answer answer = await sandbox.RunAsync("failures", "--run-id", runId, "--experiment-dir", sandbox.Experiment);
        Assert.True(answer.IsOk, answer.Json.ToString());
        return answer.Data;
    }
}
