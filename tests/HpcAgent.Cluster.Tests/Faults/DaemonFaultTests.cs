using System.Diagnostics;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>Daemons that freeze, restart, or die under tasks while they are watched.</summary>
[Collection("cluster")]
public sealed class DaemonFaultTests
{
    [SkippableTheory]
    [InlineData("slurm", "slurmctld")]
    [InlineData("sge", "qmaster")]
    public async Task A_scheduler_that_is_frozen_while_it_is_asked_costs_a_deadline_and_no_state(string scheduler, string daemon)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        CountedRun run = new(sandbox, "frozen", tasks: 2, command: "sleep 8");
        Answer submitted = await run.SubmitWellAsync();
        _ = await RunningAsync(sandbox, submitted.RunId, 2);
        Answer during;
        Stopwatch time = Stopwatch.StartNew();
        try
        {
            await TestCluster.FaultAsync("freeze", daemon);
            during = await sandbox.StatusAsync(submitted.RunId);
        }
        finally
        {
            await TestCluster.FaultAsync("thaw", daemon);
        }
        Assert.InRange(time.Elapsed.TotalSeconds, 1, 80);
        Ends.AssertNoneWrong(during);
        Assert.True(during.State == (during.Count("complete") == 2 ? "complete" : "unable_to_verify"), during.Json.ToString());
        Assert.Contains((await Ends.AssertInTwoLooksAsync(() => sandbox.StatusAsync(submitted.RunId), a => a.State is "in_flight" or "complete")).State, (string[])["in_flight", "complete"]);
        await run.AssertHappenedOnceAsync(submitted, arrays: 1);
    }

    [SkippableTheory]
    [InlineData("slurm", "slurmctld")]
    [InlineData("sge", "qmaster")]
    public async Task A_scheduler_that_is_restarted_between_two_looks_is_not_noticed(string scheduler, string daemon)
    {
        TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        CountedRun run = new(sandbox, "restart", tasks: 3, command: "[ {i} = 0 ] || sleep 15");
        Answer submitted = await run.SubmitWellAsync();
        _ = await RunningAsync(sandbox, submitted.RunId, 2);
        try
        {
            await TestCluster.FaultAsync("stop", daemon);
            await TestCluster.FaultAsync("start", daemon);
            Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.StatusAsync(submitted.RunId), a => a.State is "in_flight" or "complete");
            Assert.True(look.Count("complete") >= 1, look.Json.ToString());
        }
        finally
        {
            await TestCluster.MendAsync();
        }
        await run.AssertHappenedOnceAsync(submitted, arrays: 1);
    }

    [SkippableTheory]
    [InlineData("y")]
    [InlineData("n")]
    public async Task An_execution_host_that_dies_under_its_tasks_ends_them_only_when_Grid_Engine_says_so(string rerun)
    {
        TestCluster.NeedTime();
        TestCluster.Need("sge");
        using ClusterSandbox sandbox = new("sge", extra: $"  extra_flags: [-r, {rerun}]\n");
        CountedRun run = new(sandbox, "execd", tasks: 2, command: "[ {i} = 0 ] || [ $HPC_ATTEMPT = 2 ] || exec sleep 300");
        Answer submitted = await run.SubmitWellAsync();
        _ = await RunningAsync(sandbox, submitted.RunId, 1);
        try
        {
            await TestCluster.FaultAsync("kill", "execd");
            for (int i = 0; i < 3; i++)
            {
                Answer look = await sandbox.StatusAsync(submitted.RunId);
                Ends.AssertNoneWrong(look);
                Assert.Equal(("in_flight", 1, 1), (look.State, look.Count("complete"), look.Count("running")));
            }
        }
        finally
        {
            await TestCluster.MendAsync();
        }
        Answer end = submitted;
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed.TotalSeconds < 100 && (end == submitted || end.State is "in_flight" or "unable_to_verify"); await Task.Delay(500))
            Ends.AssertNoneWrong(end = await sandbox.TasksAsync(submitted.RunId), "lost", "node_failure");
        Assert.True(end.State == (rerun == "y" ? "complete" : "failed"), end.Json + await ClusterSandbox.OnClusterAsync("qstat -f; qacct -j " + sandbox.JobNames(submitted.RunId)[0]));
        JsonElement task = end.Tasks[1];
        if (rerun == "y") Assert.Equal(2, task.GetProperty("attempt").GetInt32());
        else Assert.True(task.GetProperty("state").GetString() == "node_failure" && task.GetProperty("evidence").GetString() == "accounting", task.ToString());
    }

    private static async Task<Answer> RunningAsync(ClusterSandbox sandbox, string runId, int tasks)
    {
        for (int i = 0; i < 60; i++)
        {
            Answer look = await sandbox.StatusAsync(runId);
            Ends.AssertNoneWrong(look);
            if (look.Count("running") == tasks && look.Count("pending") == 0) return look;
        }
        throw new InvalidOperationException("they do not start");
    }
}
