using System.Diagnostics;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>Logs that are gone, huge, without line ends, or no text: what is asked about them comes in bounded time and bytes.</summary>
[Collection("cluster")]
public sealed class LogFaultTests
{
    [SkippableFact]
    public async Task Failures_and_logs_come_in_bounded_time_and_bytes_whatever_the_logs_are()
    {
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        Answer submitted = await sandbox.SubmitAsync(new
        {
            cluster = "site",
            command = "echo 'ValueError: bad {i}'; exit 3",
            tasks = Enumerable.Range(0, 4).Select(i => new { i }),
            walltime = "5m",
            memory = "64M",
            tasks_per_element = 1,
        });
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        await sandbox.AssertLeavesQueueAsync(submitted.RunId);
        string logs = Path.Combine(sandbox.RunFolder(submitted.RunId), "logs", "0");
        File.Delete(Path.Combine(logs, "0.1.log"));
        using (FileStream sparse = new(Path.Combine(logs, "1.1.log"), FileMode.Open)) sparse.SetLength(2L << 30);
        File.WriteAllBytes(Path.Combine(logs, "2.1.log"), [.. Enumerable.Range(0, 8 << 20).Select(i => (byte)(i * 7919 >> 5)).Where(b => b != '\n')]);
        File.WriteAllLines(Path.Combine(logs, "3.1.log"), [.. Enumerable.Repeat(new string('x', 99), 200_000), "ValueError: bad 3"]);

        Stopwatch time = Stopwatch.StartNew();
        Answer failures = await sandbox.RunAsync("failures", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment);
        Assert.True(failures.IsOk, failures.Json.ToString());
        Assert.True(time.Elapsed.TotalSeconds < 15, time.Elapsed.ToString());
        Assert.Equal(4, failures.Data.GetProperty("clusters").EnumerateArray().Sum(g => g.GetProperty("count").GetInt32()));
        Assert.Contains("ValueError: bad 3", failures.Data.ToString(), StringComparison.Ordinal);
        Assert.True(failures.Data.GetProperty("wire").GetProperty("bytes_down").GetInt64() < 200_000, failures.Data.GetProperty("wire").ToString());

        time.Restart();
        Answer read = await sandbox.RunAsync("logs", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--all-failed");
        Assert.True(read.IsOk, read.Error);
        Assert.True(time.Elapsed.TotalSeconds < 15, time.Elapsed.ToString());
        JsonElement[] ends = [.. read.Data.GetProperty("logs").EnumerateArray()];
        Assert.True(ends[0].GetProperty("missing").GetBoolean());
        Assert.All(ends, l => Assert.True(l.GetProperty("content").GetString()!.Length <= 2 << 20, $"{l.GetProperty("content").GetString()!.Length}"));
        Assert.Equal(50, ends[3].GetProperty("content").GetString()!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.EndsWith("ValueError: bad 3\n", ends[3].GetProperty("content").GetString(), StringComparison.Ordinal);
    }
}
