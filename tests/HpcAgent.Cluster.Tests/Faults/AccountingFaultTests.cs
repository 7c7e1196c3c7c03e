using System.Text.Json;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>An accounting that is off, or knows nothing of the jobs: nothing is concluded from it, and all else still tells.</summary>
[Collection("cluster")]
public sealed class AccountingFaultTests
{
    // The second task ends its dispatcher without a word: only the accounting can say so.
    private const string SecondLosesItsDispatcher = "[ {i} = 0 ] || {{ kill -9 $PPID; exit 1; }}";

    [SkippableTheory]
    [InlineData("slurm", "sacct", "echo 'sacct: error: slurm_persist_conn_open_without_init: failed to open persistent connection to host:localhost:6819: Connection refused' >&2; exit 1")]
    [InlineData("sge", "qacct", "echo 'error: unable to open accounting file' >&2; exit 1")]
    public async Task With_the_accounting_off_events_and_queue_tell_and_the_rest_cannot_be_verified(string scheduler, string program, string script) =>
        await AssertWaitsForAccountingAsync(scheduler, program, script, isSaid: true);

    [SkippableTheory]
    [InlineData("slurm", "sacct", "exit 0")]
    [InlineData("sge", "qacct", "echo \"error: job id $2 not found\" >&2; exit 1")]
    public async Task Jobs_that_are_purged_from_every_source_end_no_task_by_their_absence(string scheduler, string program, string script) =>
        await AssertWaitsForAccountingAsync(scheduler, program, script, isSaid: false);

    [SkippableTheory]
    [InlineData("slurm", "sbatch", "echo 99999999")]
    [InlineData("sge", "qsub", "echo 9999999.1-2:1")]
    public async Task A_job_id_that_the_scheduler_never_gave_ends_no_task(string scheduler, string program, string script)
    {
        TestCluster.Need(scheduler);
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, sshConfig: sshd.Config);
        sshd.Replace(program, script);
        Answer submitted = await new CountedRun(sandbox, "bogus", tasks: 2).SubmitWellAsync();
        sshd.Restore(program);
        for (int i = 0; i < 3; i++)
        {
            Answer look = await sandbox.StatusAsync(submitted.RunId);
            Ends.AssertNoneWrong(look);
            Assert.Equal("unable_to_verify", look.State);
            Assert.Equal(2, look.Count("pending"));
        }
    }

    [SkippableFact]
    public async Task A_slurmdbd_that_is_down_changes_no_state_and_is_believed_when_it_is_back()
    {
        TestCluster.NeedTime();
        TestCluster.Need("slurm");
        using ClusterSandbox sandbox = new("slurm");
        Answer submitted;
        try
        {
            submitted = await new CountedRun(sandbox, "down", tasks: 2, command: "sleep 3; " + SecondLosesItsDispatcher).SubmitWellAsync();
            await TestCluster.FaultAsync("stop", "slurmdbd");
            await sandbox.AssertLeavesQueueAsync(submitted.RunId);
            for (int i = 0; i < 2; i++) AssertIsOpen(await sandbox.StatusAsync(submitted.RunId), isSaid: true);
        }
        finally
        {
            await TestCluster.MendAsync();
        }
        // slurmctld tells it what it has missed.
        await sandbox.AssertIsBookedAsync(submitted.RunId, 2, seconds: 90);
        AssertHasFailed(await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(submitted.RunId), a => a.Count("failed") == 1, "failed"));
    }

    private static async Task AssertWaitsForAccountingAsync(string scheduler, string program, string script, bool isSaid)
    {
        TestCluster.Need(scheduler);
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new(scheduler, sshConfig: sshd.Config);
        sshd.Replace(program, script);
        Answer submitted = await new CountedRun(sandbox, "silent", tasks: 2, command: SecondLosesItsDispatcher).SubmitWellAsync();
        await sandbox.AssertLeavesQueueAsync(submitted.RunId);
        for (int i = 0; i < 2; i++) AssertIsOpen(await sandbox.StatusAsync(submitted.RunId), isSaid);
        sshd.Restore(program);
        await sandbox.AssertIsBookedAsync(submitted.RunId, 2);
        Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(submitted.RunId), a => a.Count("failed") == 1, "failed");
        AssertHasFailed(look);
        Assert.True(look.Tasks[1].TryGetProperty("signal", out JsonElement signal) && signal.GetInt32() == 9, look.Tasks[1].ToString());
    }

    private static void AssertIsOpen(Answer look, bool isSaid)
    {
        Ends.AssertNoneWrong(look);
        Assert.Equal("unable_to_verify", look.State);
        Assert.Equal(1, look.Count("complete"));
        if (isSaid) Assert.NotEmpty(look.Warnings);
    }

    private static void AssertHasFailed(Answer look)
    {
        Assert.Equal(("failed", 1), (look.State, look.Count("complete")));
        Assert.True(look.Tasks[1].GetProperty("evidence").GetString() == "accounting", look.Tasks[1].ToString());
    }
}
