using System.Text.Json;

namespace HpcAgent.Cluster.Tests;

/// <summary>Unattended runs on a real scheduler.</summary>
[Collection("cluster")]
public sealed class AutoRetryTests
{
    private const string Script = """
        case $1 in
        big) python3 -c 'import time; x = bytearray(100 << 20); time.sleep(3)' || exit 1 ;;
        net) [ "$HPC_ATTEMPT" -gt 1 ] || { echo "curl: (7) Failed to connect to data.example.org port 443: Connection refused" >&2; exit 7; } ;;
        bug) python3 -c 'raise ValueError("negative step")' || exit 1 ;;
        esac
        echo '{"loss": 1}' >"$RESULT_DIR/metrics.json"
        """;

    [SkippableFact]
    public async Task A_run_on_slurm_is_healed_once_by_two_who_wait_for_it_and_each_attempt_is_measured_by_what_it_asked_for()
    {
        TestCluster.Need("slurm");
        Skip.IfNot(TestCluster.Facts.GetProperty("slurm").GetProperty("memory_cgroup").GetBoolean(), "Slurm cannot limit memory here");
        using ClusterSandbox sandbox = new("slurm");
        sandbox.Write("task.sh", Script);
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "sh task.sh {kind} {i}",
            tasks = ((string[])["plain", "big", "net", "bug"]).Select((kind, i) => new { kind, i }),
            walltime = "5m",
            memory = "64M",
            tasks_per_element = 1,
            auto_retry = new { max_retries = 2 },
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Answer[] ends = await Task.WhenAll(sandbox.WaitAsync(submitted.RunId), sandbox.WaitAsync(submitted.RunId));
        foreach (Answer end in ends)
        {
            Assert.True(("failed", 3L) == (end.State, end.Count("complete")), end.Json.ToString());
            JsonElement round = Assert.Single(end.Data.GetProperty("auto_retries").EnumerateArray());
            Assert.Equal(2, round.GetProperty("resumed").GetInt32());
            // One array for each kind of request, each submitted once.
            Assert.Equal(2, round.GetProperty("new_job_ids").GetArrayLength());
            Assert.Contains(end.Data.GetProperty("warnings").EnumerateArray(), w => w.GetString()!.Contains("negative step", StringComparison.Ordinal));
        }
        JsonElement report = (await sandbox.RunAsync("efficiency", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment)).Data;
        Assert.Equal(128L << 20, report.GetProperty("asked").GetProperty("memory_bytes").GetInt64());
        Assert.InRange(report.GetProperty("memory_efficiency").GetDouble(), 0.3, 1.0);
    }
}
