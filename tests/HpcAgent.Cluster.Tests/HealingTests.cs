using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>Four causes of failure are planted, told apart, and healed where that can be done, without a number from a person.</summary>
[Collection("cluster")]
public sealed class HealingTests
{
    private const string Script = """
        kind=$1; i=$2
        # A node whose disk of libraries is not mounted. Not too fast, or it would draw nearly all tasks to itself.
        [ "${SLURMD_NODENAME-}" != node3 ] || { sleep 1; echo "python3: error while loading shared libraries: libblas.so.3: cannot open shared object file: No such file or directory" >&2; exit 127; }
        case $kind in
        big) python3 -c 'x = bytearray(100 << 20)' || exit 1 ;;
        slow) sleep 12 ;;
        bug) python3 -c 'raise ValueError("negative step")' || exit 1 ;;
        *) sleep 0.3 ;;
        esac
        echo "{\"i\": $i}" >"$RESULT_DIR/metrics.json"
        """;

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Memory_time_and_a_bad_node_are_explained_and_healed_and_the_bug_is_left_with_its_name(string scheduler)
    {
        TestCluster.Need(scheduler);
        Skip.IfNot(scheduler != "slurm" || TestCluster.Facts.GetProperty("slurm").GetProperty("memory_cgroup").GetBoolean(), "Slurm cannot limit memory here");
        bool hasNodes = scheduler == "slurm";
        using ClusterSandbox sandbox = new(scheduler);
        sandbox.Write("task.sh", Script);
        string[] kinds = [.. Enumerable.Range(0, 96).Select(i => i % 12 == 0 ? "big" : i % 12 == 1 ? "slow" : i % 4 == 2 ? "bug" : "plain")];
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "sh task.sh {kind} {i}",
            tasks = kinds.Select((kind, i) => new { kind, i }),
            walltime = "6s",
            memory = "64M",
            // Two tasks on a node at once, so that all nodes get some; two in an element, so that the dispatcher keeps the time of each.
            cpus = hasNodes ? 16 : 1,
            max_concurrent = 8,
            tasks_per_element = 2,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Answer first = await sandbox.WaitAsync(submitted.RunId);
        Assert.Equal("failed", first.State);

        JsonElement[] groups = [.. (await FailuresAsync(sandbox, submitted.RunId)).Data.GetProperty("clusters").EnumerateArray()];
        AssertCommon(groups, "code_bug", "kind=bug");
        AssertCommon(groups, "walltime", "kind=slow");
        AssertCommon(groups, "system_oom", "kind=big");
        if (hasNodes) Assert.Contains(groups, g => g.GetProperty("common").GetString()!.Contains("on node node3", StringComparison.Ordinal));

        Answer end = first;
        for (int round = 0; round < 6; round++)
        {
            Answer resumed = await sandbox.RunAsync("resubmit", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment);
            Assert.True(resumed.IsOk, resumed.Json.ToString());
            if (resumed.Data.GetProperty("resumed").GetInt64() == 0) break;
            if (hasNodes) Assert.Equal(["node3"], resumed.Data.GetProperty("excluded_nodes").EnumerateArray().Select(n => n.GetString()));
            end = await sandbox.WaitAsync(submitted.RunId);
        }
        int bugs = kinds.Count(k => k == "bug");
        Assert.True(end.Count("complete") == kinds.Length - bugs, end.Json.ToString());
        JsonElement left = Assert.Single((await FailuresAsync(sandbox, submitted.RunId)).Data.GetProperty("clusters").EnumerateArray());
        Assert.Equal("code_bug", left.GetProperty("category").GetString());
        Assert.Contains("negative step", left.ToString(), StringComparison.Ordinal);

        Answer aggregate = await sandbox.RunAsync("aggregate-flow", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--dry-run");
        Assert.Equal(kinds.Length - bugs, aggregate.Data.GetProperty("aggregate").GetProperty("used_tasks").GetInt64());
    }

    private static Task<Answer> FailuresAsync(ClusterSandbox sandbox, string runId) => sandbox.RunAsync("failures", "--run-id", runId, "--experiment-dir", sandbox.Experiment);

    private static void AssertCommon(JsonElement[] groups, string category, string common) => Assert.Contains(
        groups,
        g => g.GetProperty("category").GetString() == category && g.GetProperty("common").GetString()!.Contains(common, StringComparison.Ordinal));
}
