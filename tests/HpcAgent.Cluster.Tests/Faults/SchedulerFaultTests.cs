namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>A scheduler that is down, frozen, or answers what is not so.</summary>
[Collection("cluster")]
public sealed class SchedulerFaultTests
{
    [SkippableTheory]
    [InlineData("slurm", "slurmctld")]
    [InlineData("sge", "qmaster")]
    public async Task A_scheduler_that_is_down_is_named_changes_no_state_and_takes_the_same_request_later(string scheduler, string daemon)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        CountedRun early = new(sandbox, "early", command: "sleep 40");
        Answer submitted = await early.SubmitWellAsync();
        CountedRun late = new(sandbox, "late");
        try
        {
            await TestCluster.FaultAsync("stop", daemon);
            Answer[] answers = await Task.WhenAll(late.SubmitAsync(), sandbox.StatusAsync(submitted.RunId));
            Assert.False(answers[0].IsOk, answers[0].Json.ToString());
            Assert.Equal("cluster_timeout", answers[0].ErrorCode);
            Assert.Contains("again", answers[0].Remediation, StringComparison.Ordinal);
            Assert.True(answers[0].Json.GetProperty("retry_safe").GetBoolean());
            Assert.True(answers[1].IsOk, answers[1].Json.ToString());
            Assert.Equal("unable_to_verify", answers[1].State);
            Assert.NotEmpty(answers[1].Warnings);
            foreach (string state in (string[])["failed", "lost", "cancelled", "unknown"]) Assert.Equal(0, answers[1].Count(state));
        }
        finally
        {
            await TestCluster.MendAsync();
        }
        Answer again = await late.SubmitWellAsync();
        await late.AssertHappenedOnceAsync(again, arrays: 1);
        await early.AssertHappenedOnceAsync(submitted, arrays: 1);
    }

    [SkippableTheory]
    [InlineData("slurm", "slurmctld")]
    [InlineData("sge", "qmaster")]
    public async Task A_scheduler_that_freezes_during_a_submission_gets_each_array_once(string scheduler, string daemon)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        _ = await new CountedRun(sandbox, "limits", tasks: 1).SubmitWellAsync();
        CountedRun run = new(sandbox, "frozen");
        Task<Answer> submission;
        try
        {
            await TestCluster.FaultAsync("freeze", daemon);
            submission = run.SubmitAsync();
            // Slurm's programs give up after ten seconds, those of Grid Engine never do.
            await Task.Delay(TimeSpan.FromSeconds(14));
        }
        finally
        {
            await TestCluster.FaultAsync("thaw", daemon);
        }
        Answer answer = await submission;
        if (!answer.IsOk)
        {
            Assert.Contains(answer.ErrorCode, (string[])["cluster_timeout", "scheduler_throttled"]);
            answer = await run.SubmitWellAsync();
        }
        await run.AssertHappenedOnceAsync(answer, arrays: 1);
    }

    [SkippableTheory]
    [InlineData("slurm", "sbatch", "says timeout", "/usr/bin/sbatch \"$@\" >/dev/null; echo 'sbatch: error: Batch job submission failed: Socket timed out on send/recv operation' >&2; exit 1")]
    [InlineData("slurm", "sbatch", "hangs until it is ended", "/usr/bin/sbatch \"$@\" >/dev/null; exit 124")]
    [InlineData("slurm", "sbatch", "says nothing", "/usr/bin/sbatch \"$@\" >/dev/null")]
    [InlineData("sge", "qsub", "says timeout", "/usr/bin/qsub \"$@\" >/dev/null; echo 'Unable to run job: got send timeout.' >&2; exit 1")]
    [InlineData("sge", "qsub", "hangs until it is ended", "/usr/bin/qsub \"$@\" >/dev/null; exit 124")]
    [InlineData("sge", "qsub", "says nothing", "/usr/bin/qsub \"$@\" >/dev/null")]
    public async Task A_job_that_got_in_although_the_scheduler_did_not_say_so_is_found(string scheduler, string program, string fault, string script)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, sshConfig: sshd.Config, extra: "  constraints: {max_array_size: 3}\n");
        sshd.Replace(program, script);
        CountedRun run = new(sandbox, "silent");
        Answer submitted = await run.SubmitWellAsync(fault);
        await run.AssertHappenedOnceAsync(submitted, arrays: 2, fault);
    }

    [SkippableTheory]
    [InlineData("slurm", "sbatch")]
    [InlineData("sge", "qsub")]
    public async Task A_scheduler_that_says_nothing_and_takes_nothing_is_never_asked_blindly_again(string scheduler, string program)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, sshConfig: sshd.Config);
        sshd.Replace(program, "exit 0");
        CountedRun run = new(sandbox, "nothing");
        Answer first = await run.SubmitAsync();
        Assert.False(first.IsOk);
        Assert.Equal("cluster_timeout", first.ErrorCode);
        Assert.Contains("cannot be said yet", first.Message, StringComparison.Ordinal);
        sshd.Restore(program);
        Answer second = await run.SubmitAsync();
        Assert.Equal("cluster_timeout", second.ErrorCode);
        Assert.Empty(run.Ran());

        // Ten minutes later, by which time the accounting knows all jobs.
        string runId = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(Path.Combine(sandbox.Experiment, ".hpc", "runs"), "*.json")));
        string claim = Assert.Single(Directory.GetDirectories(Path.Combine(Assert.Single(Directory.GetDirectories(sandbox.Scratch)), ".hpc", "runs", runId, "submit")));
        Directory.SetLastWriteTimeUtc(claim, DateTime.UtcNow.AddMinutes(-12));
        Answer third = await run.SubmitWellAsync();
        await run.AssertHappenedOnceAsync(third, arrays: 1);
    }

    [SkippableFact]
    public async Task An_array_over_the_limit_of_a_user_is_refused_in_Slurms_words_and_goes_in_when_there_is_room()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm", extra: "  constraints: {max_array_size: 2}\n");
        CountedRun filler = new(sandbox, "filler", tasks: 8, qos: "tiny", command: "sleep 5");
        Answer full = await filler.SubmitWellAsync();
        CountedRun run = new(sandbox, "over", tasks: 4, qos: "tiny");
        Answer refused = await run.SubmitAsync();
        Assert.False(refused.IsOk, refused.Json.ToString());
        Assert.Equal("precondition_failed", refused.ErrorCode);
        Assert.Contains("QOSMaxSubmitJobPerUserLimit", refused.Message, StringComparison.Ordinal);
        Assert.Contains("array 2 of 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1 of 2 arrays are in", refused.Remediation, StringComparison.Ordinal);
        await filler.AssertHappenedOnceAsync(full, arrays: 4);
        Answer submitted = await run.SubmitWellAsync();
        await run.AssertHappenedOnceAsync(submitted, arrays: 2);
    }

    [SkippableFact]
    public async Task An_array_over_the_limit_of_a_user_is_refused_in_Grid_Engines_words_and_goes_in_when_there_is_room()
    {
        TestCluster.NeedTime();
        TestCluster.Need("sge");
        using ClusterSandbox sandbox = new("sge", extra: "  constraints: {max_array_size: 3}\n");
        CountedRun filler = new(sandbox, "filler", tasks: 1, command: "sleep 5");
        Answer full = await filler.SubmitWellAsync();
        CountedRun run = new(sandbox, "over");
        Answer refused;
        try
        {
            string jobs = await ClusterSandbox.OnClusterAsync("qstat | awk 'NR > 2 { print $1 }' | sort -u | wc -l");
            await TestCluster.FaultAsync("sge-limit", $"{int.Parse(jobs.Trim(), System.Globalization.CultureInfo.InvariantCulture) + 1}");
            refused = await run.SubmitAsync();
        }
        finally
        {
            await TestCluster.FaultAsync("sge-limit", "0");
        }
        Assert.False(refused.IsOk, refused.Json.ToString());
        Assert.Equal("precondition_failed", refused.ErrorCode);
        Assert.Contains("jobs are allowed per user", refused.Message, StringComparison.Ordinal);
        Assert.Contains("array 2 of 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("1 of 2 arrays are in", refused.Remediation, StringComparison.Ordinal);
        Answer submitted = await run.SubmitWellAsync();
        await run.AssertHappenedOnceAsync(submitted, arrays: 2);
        await filler.AssertHappenedOnceAsync(full, arrays: 1);
    }

    [SkippableFact]
    public async Task An_array_larger_than_the_site_allows_is_refused_and_the_setting_is_named()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm", extra: "  constraints: {max_array_size: 5000}\n");
        Answer refused = await new CountedRun(sandbox, "large", tasks: 1500).SubmitAsync();
        Assert.False(refused.IsOk, refused.Json.ToString());
        Assert.Equal("spec_invalid", refused.ErrorCode);
        Assert.Contains("Invalid job array specification", refused.Message, StringComparison.Ordinal);
        Assert.Contains("max_array_size", refused.Remediation, StringComparison.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(sandbox.Experiment, ".hpc", "runs"), "*.json"))
            foreach (string name in sandbox.JobNames(Path.GetFileNameWithoutExtension(file)))
                Assert.Empty(await sandbox.JobIdsAsync(name));
    }

    [SkippableFact]
    public async Task A_partition_that_is_down_is_named_by_the_plan_and_starts_nothing()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        CountedRun run = new(sandbox, "down", partition: "down");
        Answer answer = await run.SubmitAsync();
        // Slurm itself takes the job, or refuses it if the partition is inactive.
        string words = answer.IsOk ? answer.Data.GetProperty("plan").GetProperty("assumptions").ToString() : answer.Message;
        Assert.Contains(answer.IsOk ? "down is down" : "Required partition not available", words, StringComparison.Ordinal);
        Assert.Empty(run.Ran());
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_run_whose_folder_was_deleted_is_gone_and_nothing_is_concluded_about_its_tasks(string scheduler)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        CountedRun run = new(sandbox, "deleted");
        Answer submitted = await run.SubmitWellAsync();
        Assert.True(await TestCluster.BecomesTrueAsync(() => run.Ran().Length == 6), "the tasks did not run");
        await Task.Delay(2000);
        string folder = Path.Combine(Assert.Single(Directory.GetDirectories(sandbox.Scratch)), ".hpc", "runs", submitted.RunId);
        Directory.Delete(folder, recursive: true);
        Answer status = await sandbox.StatusAsync(submitted.RunId);
        Assert.True(status.IsOk, status.Json.ToString());
        Assert.Equal("unable_to_verify", status.State);
        Assert.Contains(status.Warnings, w => w.Contains("is gone", StringComparison.Ordinal));
        Assert.Equal(0, status.Count("failed") + status.Count("lost"));
        Answer aggregate = await sandbox.RunAsync("aggregate-flow", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--dry-run");
        Assert.False(aggregate.IsOk);
        Assert.Equal("outputs_missing", aggregate.ErrorCode);
        Assert.NotEmpty(aggregate.Remediation);
        Answer logs = await sandbox.RunAsync("logs", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--task-id", "1");
        Assert.True(logs.IsOk || logs.ErrorCode != "internal", logs.Json.ToString());
    }
}
