namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>Connections that are cut: while a run goes up, while the cluster submits, while a status comes back.</summary>
[Collection("cluster")]
public sealed class ConnectionFaultTests
{
    private const string Plain = "  ssh_options: [ControlMaster=no, ControlPath=none]\n";

    [SkippableTheory]
    [InlineData("slurm", 1000)]
    [InlineData("sge", 4000)]
    public async Task A_stream_that_is_cut_at_any_place_and_sent_again_submits_once(string scheduler, int step)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using OwnSshd sshd = new();
        using CuttingRelay relay = new(sshd.Port);
        using ClusterSandbox sandbox = new(scheduler, extra: Plain, sshConfig: sshd.WriteConfig(relay.Port));
        sandbox.Environment["HPC_SSH_NO_BACKOFF"] = "1";
        _ = await new CountedRun(sandbox, "limits", tasks: 1).SubmitWellAsync();
        _ = await new CountedRun(sandbox, "whole", tasks: 2).SubmitWellAsync();
        long whole = relay.BytesUp;
        Assert.True(whole > 5000, $"{whole} bytes");
        List<(long Place, CountedRun Run, Answer Submitted)> runs = [];
        int cuts = 0;
        for (long place = step; place < whole + 500; place += step)
        {
            CountedRun run = new(sandbox, $"cut-{place}", tasks: 2);
            relay.CutAfter(place);
            Answer first = await run.SubmitAsync();
            if (relay.HasCut) cuts++;
            if (!first.IsOk) Assert.True(first.ErrorCode != "internal" && first.Remediation.Length > 0, $"{place}: {first.Json}");
            runs.Add((place, run, await run.SubmitWellAsync($"cut at {place}: {first.Json}")));
        }
        Assert.True(cuts >= (whole / step) - 2, $"{cuts} cuts in {whole} bytes");
        foreach ((long place, CountedRun run, Answer submitted) in runs) await run.AssertHappenedOnceAsync(submitted, arrays: 1, $"cut at {place}");
    }

    [SkippableTheory]
    [InlineData("slurm", "sbatch")]
    [InlineData("sge", "qsub")]
    public async Task An_sshd_that_is_killed_while_the_cluster_submits_leaves_nothing_twice(string scheduler, string program)
    {
        TestCluster.Need(scheduler);
        if (scheduler == "sge") TestCluster.NeedTime();
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, sshConfig: sshd.Config, extra: "  constraints: {max_array_size: 3}\n");
        sandbox.Environment["HPC_SSH_NO_BACKOFF"] = "1";
        _ = await new CountedRun(sandbox, "limits", tasks: 1).SubmitWellAsync();
        sshd.Replace(program, $"touch \"$0.began\"; sleep 3; exec /usr/bin/{program} \"$@\"");
        CountedRun run = new(sandbox, "killed");
        Task<Answer> submission = run.SubmitAsync();
        Assert.True(await TestCluster.BecomesTrueAsync(() => sshd.Has($"{program}.began")), "the cluster's side never began");
        sshd.Kill();
        Answer cut = await submission;
        Assert.False(cut.IsOk);
        Assert.Contains(cut.ErrorCode, (string[])["ssh_unreachable", "cluster_timeout", "remote_command_failed"]);
        Assert.NotEmpty(cut.Remediation);
        Answer down = await run.SubmitAsync();
        Assert.Equal("ssh_unreachable", down.ErrorCode);
        sshd.Start();
        Answer submitted = await run.SubmitWellAsync();
        await run.AssertHappenedOnceAsync(submitted, arrays: 2);
    }

    [SkippableTheory]
    [InlineData("slurm", "squeue")]
    [InlineData("sge", "qstat")]
    public async Task An_sshd_that_is_killed_while_a_status_is_read_changes_no_state(string scheduler, string program)
    {
        TestCluster.Need(scheduler);
        if (scheduler == "sge") TestCluster.NeedTime();
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, sshConfig: sshd.Config);
        sandbox.Environment["HPC_SSH_NO_BACKOFF"] = "1";
        CountedRun run = new(sandbox, "status", command: "sleep 5");
        Answer submitted = await run.SubmitWellAsync();
        Answer before = await sandbox.StatusAsync(submitted.RunId);
        sshd.Replace(program, $"touch \"$0.began\"; sleep 5; exec /usr/bin/{program} \"$@\"");
        Task<Answer> status = sandbox.StatusAsync(submitted.RunId);
        Assert.True(await TestCluster.BecomesTrueAsync(() => sshd.Has($"{program}.began")), "the query never began");
        sshd.Kill();
        Answer cut = await status;
        Assert.False(cut.IsOk);
        Assert.Contains(cut.ErrorCode, (string[])["ssh_unreachable", "cluster_timeout", "remote_command_failed"]);
        Answer live = await sandbox.RunAsync("list-in-flight", "--experiment-dir", sandbox.Experiment);
        Assert.Equal(submitted.RunId, Assert.Single(live.Data.GetProperty("runs").EnumerateArray()).GetProperty("run_id").GetString());
        sshd.Restore(program);
        sshd.Start();
        Assert.Equal("in_flight", before.State);
        await run.AssertHappenedOnceAsync(submitted, arrays: 1);
    }
}
