using System.Diagnostics;

namespace HpcAgent.Cluster.Tests;

/// <summary>A file system with few inodes, and what a run really makes.</summary>
[Collection("cluster")]
public sealed class RoomTests
{
    [SkippableTheory]
    [InlineData("slurm", 1)]
    [InlineData("sge", 5)]
    public async Task A_run_that_does_not_fit_is_refused_and_one_that_fits_makes_what_its_plan_says(string scheduler, int tasksPerElement)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        sandbox.Write("task.sh", "echo \"task $1\"; echo '{\"x\": 1}' > \"$RESULT_DIR/metrics.json\"\n");
        _ = Directory.CreateDirectory(sandbox.Scratch);
        File.SetUnixFileMode(sandbox.Scratch, (UnixFileMode)0b111_111_111);
        object spec = new { cluster = "site", command = "sh task.sh {i}", tasks = Enumerable.Range(0, 60).Select(i => new { i }), walltime = "5m", tasks_per_element = tasksPerElement };
        Skip.IfNot(await SystemAsync("mount", "-t", "tmpfs", "-o", "size=20m,nr_inodes=100,mode=777", "none", sandbox.Scratch) == 0, "no tmpfs can be mounted here");
        try
        {
            Answer refused = await sandbox.SubmitAsync(spec);
            Assert.Equal("precondition_failed", refused.Json.GetProperty("error_code").GetString());
            Assert.Contains("99 files and 20 MB are free in " + sandbox.Scratch, refused.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(sandbox.Experiment, ".hpc", "runs")), "a record was begun");
        }
        finally
        {
            if (await SystemAsync("umount", sandbox.Scratch) != 0) _ = await SystemAsync("umount", "-l", sandbox.Scratch);
        }

        // There is room since: the site is asked anew, and the run not refused by what was said before. The nodes would not see the mount.
        Answer submitted = await sandbox.SubmitAsync(spec);
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        Answer end = await sandbox.WaitAsync(submitted.RunId);
        Assert.True(end.State == "complete", end.Json.ToString());
        long estimated = submitted.Data.GetProperty("plan").GetProperty("est_files").GetInt64();
        string[] made = Directory.GetFileSystemEntries(sandbox.Scratch, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None });
        // Beside the run: the folders that all runs share, and a file of events for each node.
        Assert.InRange(made.Length, estimated, estimated + 12);
        long bytes = made.Where(File.Exists).Sum(p => new FileInfo(p).Length);
        Assert.InRange(submitted.Data.GetProperty("plan").GetProperty("est_bytes").GetInt64(), bytes / 2, bytes * 5 / 4);
    }

    private static async Task<int> SystemAsync(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
