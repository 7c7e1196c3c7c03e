namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>A shared file system on which what a node wrote is seen late: the ends in the event files are taken away, and come back.</summary>
[Collection("cluster")]
public sealed class LateEventTests
{
    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Ends_that_come_late_are_waited_for_and_then_count(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: "  fs_lag_s: 300\n");
        (string runId, Dictionary<string, string> ends) = await EndUnseenAsync(sandbox, "[ {i} = 0 ] || sleep 0.5");
        Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(runId), a => a.Count("unknown") == 3);
        Assert.NotEqual("complete", look.State);
        Assert.All(look.Tasks, t => Assert.Contains("has not come yet", t.GetProperty("reason").GetString(), StringComparison.Ordinal));
        foreach ((string file, string lines) in ends) await File.AppendAllTextAsync(file, lines);
        look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(runId), a => a.State == "complete");
        Assert.All(look.Tasks, t => Assert.Equal("event", t.GetProperty("evidence").GetString()));
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task Where_ends_never_come_the_results_decide(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: "  fs_lag_s: 1\n");
        // The last one has no results, and nobody knows what became of it.
        (string runId, _) = await EndUnseenAsync(sandbox, "[ {i} != 2 ] || exit 0");
        Ends.AssertNoneWrong(await sandbox.StatusAsync(runId));
        await Task.Delay(1100);
        Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(runId), a => a.Count("complete") == 2 && a.Count("lost") == 1, "lost");
        Assert.Contains("results", look.Tasks[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal("lost", look.Tasks[2].GetProperty("state").GetString());
    }

    [SkippableTheory]
    [InlineData("slurm", "sacct", "exit 0")]
    [InlineData("sge", "qacct", "echo \"error: job id $2 not found\" >&2; exit 1")]
    public async Task Where_every_record_is_gone_the_results_decide(string scheduler, string program, string script)
    {
        TestCluster.Need(scheduler);
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, extra: "  fs_lag_s: 1\n", sshConfig: sshd.Config);
        sshd.Replace(program, script);
        (string runId, _) = await EndUnseenAsync(sandbox, "[ {i} != 2 ] || exit 0", isBooked: false);
        Ends.AssertNoneWrong(await sandbox.StatusAsync(runId));
        await Task.Delay(1100);
        Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(runId), a => a.Count("complete") == 2);
        Assert.Equal("unable_to_verify", look.State);
        Assert.Equal("running", look.Tasks[2].GetProperty("state").GetString());
    }

    /// <summary>Three tasks that run to their end; what their nodes wrote of it is taken away before anyone looks.</summary>
    private static async Task<(string RunId, Dictionary<string, string> Ends)> EndUnseenAsync(ClusterSandbox sandbox, string command, bool isBooked = true)
    {
        Answer submitted = await new CountedRun(sandbox, "late", tasks: 3, command: command).SubmitWellAsync();
        await sandbox.AssertLeavesQueueAsync(submitted.RunId);
        if (isBooked) await sandbox.AssertIsBookedAsync(submitted.RunId, 3);
        Dictionary<string, string> ends = [];
        foreach (string file in Directory.GetFiles(Path.Combine(sandbox.RunFolder(submitted.RunId), "events")))
        {
            string[] lines = await File.ReadAllLinesAsync(file);
            ends[file] = Lines(lines.Where(l => l.Contains(" end ", StringComparison.Ordinal)));
            await File.WriteAllTextAsync(file, Lines(lines.Where(l => !l.Contains(" end ", StringComparison.Ordinal))));
        }
        Assert.Equal(3, string.Concat(ends.Values).Count(c => c == '\n'));
        return (submitted.RunId, ends);
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));
}
