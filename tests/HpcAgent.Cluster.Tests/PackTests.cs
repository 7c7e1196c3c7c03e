using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HpcAgent.Cluster.Tests.Faults;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cluster.Tests;

/// <summary>Metrics are packed where they lie, and only packs travel.</summary>
[Collection("cluster")]
public sealed class PackTests
{
    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_partial_run_is_packed_on_the_login_node_and_a_resumed_one_in_a_job_with_one_execution_a_call(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            // One fails at its first attempt, one writes what is no JSON.
            command = "[ {i} != 3 ] || [ \"$HPC_ATTEMPT\" -gt 1 ] || exit 1; [ {i} != 4 ] || { printf '{\\n' >\"$RESULT_DIR/metrics.json\"; exit 0; }; printf '{\"i\":\\r\\n {i}.5}' >\"$RESULT_DIR/metrics.json\"",
            tasks = Enumerable.Range(0, 6).Select(i => new { i }),
            walltime = "5m",
            tasks_per_element = 6,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Assert.Equal("failed", (await sandbox.WaitAsync(submitted.RunId)).State);

        Answer partial = await AggregateAsync(sandbox, submitted.RunId, "login");
        AssertWaves(partial, combined: "[]", partial: "[0]", fresh: "[0]");
        Assert.Equal((4, 10.0), Used(partial));
        Assert.Equal("[3,4]", partial.Data.GetProperty("aggregate").GetProperty("missing_tasks").GetRawText());
        Assert.Equal(4, Assert.Single(partial.Data.GetProperty("aggregate").GetProperty("problems").EnumerateArray()).GetProperty("task_id").GetInt64());
        AssertWaves(await AggregateAsync(sandbox, submitted.RunId, "login"), combined: "[]", partial: "[0]", fresh: "[]");

        Assert.True((await sandbox.RunAsync("resubmit", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--force")).IsOk);
        Assert.Equal("complete", (await sandbox.WaitAsync(submitted.RunId)).State);
        Answer packing = await AggregateAsync(sandbox, submitted.RunId, "node");
        string job = packing.Data.GetProperty("packing").GetProperty("job_id").GetString()!;
        Assert.False(packing.Data.TryGetProperty("aggregate", out _));
        Assert.True(packing.Data.GetProperty("next_check_after_s").GetDouble() > 0);
        Answer whole = packing;
        for (int look = 0; look < 60 && whole.Data.TryGetProperty("packing", out JsonElement again); look++)
        {
            Assert.Equal(job, again.GetProperty("job_id").GetString());
            await Task.Delay(500);
            whole = await AggregateAsync(sandbox, submitted.RunId, "node");
        }
        Assert.Equal(job, Assert.Single(await sandbox.JobIdsAsync($"{sandbox.JobNames(submitted.RunId)[0]}-0")));
        AssertWaves(whole, combined: "[0]", partial: "[]", fresh: "[]");
        Assert.Equal((5, 13.5), Used(whole));
        string folder = whole.Data.GetProperty("combiner_dir_local").GetString()!;
        Assert.Equal(6, (await File.ReadAllLinesAsync(Path.Combine(folder, "0.ndjson"))).Length);
        await AssertVerifiedAsync(sandbox, "--combiner-dir", folder);
        // And against the files on the cluster.
        await AssertVerifiedAsync(sandbox, "--run-id", submitted.RunId);
    }

    [SkippableFact]
    public async Task A_hundred_waves_come_in_one_connection_and_one_execution_and_the_second_time_only_the_new_one()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        RunRecord record = MakeUp(sandbox, 100L * RunWaves.TasksPerWave);
        for (int wave = 0; wave < 100; wave++) await WriteAsync(record, (wave * RunWaves.TasksPerWave) + wave);
        (PackedWaves packed, Wire wire) = await FetchAsync(sandbox, record);
        Assert.Equal((1, 1), (wire.ConnectionCount, wire.ExecutionCount));
        Assert.Equal(Enumerable.Range(0, 100), packed.Waves.Where(wave => wave is { IsFresh: true, RecordCount: 1 }).Select(wave => wave.Index));
        Assert.Equal("{\"task\":990099,\"metrics\":{\"a\":990099}}\n", await File.ReadAllTextAsync(packed.Paths[99]));

        await WriteAsync(record, 5);
        (packed, wire) = await FetchAsync(sandbox, record);
        Assert.Equal(1, wire.ExecutionCount);
        Assert.Equal([0], packed.Waves.Where(wave => wave.IsFresh).Select(wave => wave.Index));
        Assert.Equal(100, packed.Waves.Count);
        Assert.Equal(2, (await File.ReadAllLinesAsync(packed.Paths[0])).Length);

        // A pack that is damaged on this machine is sent again.
        await File.WriteAllTextAsync(packed.Paths[7], "");
        (packed, _) = await FetchAsync(sandbox, record);
        Assert.Equal("{\"task\":70007,\"metrics\":{\"a\":70007}}\n", await File.ReadAllTextAsync(packed.Paths[7]));
    }

    [SkippableFact]
    public async Task A_call_whose_connection_is_cut_is_made_good_by_the_next()
    {
        TestCluster.Need("slurm");
        using OwnSshd sshd = new();
        using CuttingRelay relay = new(sshd.Port);
        using ClusterSandbox sandbox = new("slurm", extra: "  ssh_options: [ControlMaster=no, ControlPath=none]\n", sshConfig: sshd.WriteConfig(relay.Port));
        sandbox.Environment["HPC_SSH_NO_BACKOFF"] = "1";
        RunRecord record = MakeUp(sandbox, 20_000);
        for (int task = 0; task < 20_000; task += 4000) await WriteAsync(record, task);
        foreach (long place in (long[])[4000, 9000, 12000])
        {
            relay.CutAfter(place);
            _ = await Assert.ThrowsAsync<HpcException>(() => FetchAsync(sandbox, record));
            Assert.True(relay.HasCut);
        }
        (PackedWaves packed, _) = await FetchAsync(sandbox, record);
        Assert.Equal([3, 2], packed.Waves.Select(wave => wave.RecordCount));
    }

    // A run that nobody submitted, with results that nobody computed: its tasks would take too long.
    private static RunRecord MakeUp(ClusterSandbox sandbox, long tasks)
    {
        Run run = new()
        {
            RunId = "made-up",
            Cluster = "site",
            TaskCount = tasks,
            CmdSha = "c",
            IdentitySha = "i",
            Command = "true",
            ExperimentPath = sandbox.Experiment,
            RemotePath = $"{sandbox.Scratch}/made-up",
            ResultPath = $"{sandbox.Scratch}/made-up/results",
            SubmittedAt = DateTimeOffset.UtcNow,
        };
        RunLayout layout = new(run.RemotePath, run.RunId);
        _ = Directory.CreateDirectory(layout.Tasks);
        File.WriteAllText(Path.Combine(layout.Tasks, "tasks.tab"), "");
        return new RunRecord { Run = run, Journal = new JournalState { RunId = run.RunId } };
    }

    private static async Task WriteAsync(RunRecord record, long task)
    {
        RunLayout layout = new(record.Run.RemotePath, record.Run.RunId);
        string folder = Path.Combine(layout.Results, RunLayout.DefaultResultFolder(task));
        _ = Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "metrics.json"), string.Create(CultureInfo.InvariantCulture, $"{{\"a\":{task}}}"));
    }

    private static async Task<(PackedWaves Packed, Wire Wire)> FetchAsync(ClusterSandbox sandbox, RunRecord record)
    {
        using (Process own = Process.Start("chown", ["-R", sandbox.User, sandbox.Scratch])) await own.WaitForExitAsync();
        OperationContext context = sandbox.Context();
        ICluster cluster = context.Cluster("site");
        RunView view = cluster.View(record);
        Wire wire = await cluster.ObserveAsync([view], ResultSelection.Packed, CancellationToken.None);
        return (view.Packed!, wire);
    }

    private static async Task<Answer> AggregateAsync(ClusterSandbox sandbox, string runId, string combine)
    {
        (_, int before) = TestCluster.SshCounts();
        Answer answer = await sandbox.RunAsync("aggregate-flow", "--run-id", runId, "--experiment-dir", sandbox.Experiment, "--combine", combine);
        Assert.True(answer.IsOk, answer.Json.ToString());
        Assert.Equal(1, TestCluster.SshCounts().Executions - before);
        return answer;
    }

    private static async Task AssertVerifiedAsync(ClusterSandbox sandbox, string option, string value)
    {
        Answer verified = await sandbox.RunAsync("verify-aggregation-complete", "--experiment-dir", sandbox.Experiment, option, value);
        string[] violated = [.. verified.Data.GetProperty("invariants").EnumerateArray().Where(i => i.GetProperty("state").GetString() == "violated").Select(i => i.GetProperty("name").GetString()!)];
        Assert.Equal(["all_waves_combined", "all_tasks_present"], violated);
        Assert.Equal("[4]", verified.Data.GetProperty("missing_tasks").GetRawText());
    }

    private static void AssertWaves(Answer answer, string combined, string partial, string fresh)
    {
        string Raw(string name) => answer.Data.GetProperty(name).GetRawText();
        Assert.Equal((combined, partial, "[]", fresh), (Raw("combined_waves"), Raw("partial_waves"), Raw("failed_waves"), Raw("waves_combined_this_call")));
    }

    private static (long Count, double Sum) Used(Answer answer)
    {
        JsonElement aggregate = answer.Data.GetProperty("aggregate");
        return (aggregate.GetProperty("used_tasks").GetInt64(), aggregate.GetProperty("groups").EnumerateArray()
            .Where(g => g.GetProperty("metrics").TryGetProperty("i", out _)).Sum(g => g.GetProperty("metrics").GetProperty("i").GetProperty("sum").GetDouble()));
    }
}
