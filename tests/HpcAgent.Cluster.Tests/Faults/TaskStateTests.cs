using System.Diagnostics;
using System.Text.Json;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>What a scheduler does with tasks beside running them: it holds them, puts them back, refuses to start them, or something ends them.</summary>
[Collection("cluster")]
public sealed class TaskStateTests
{
    [SkippableTheory]
    [InlineData("slurm", "--hold", "scontrol release", "JobHeldUser")]
    [InlineData("sge", "-h", "qrls", "held")]
    public async Task A_held_task_is_held_and_runs_when_it_is_released(string scheduler, string flag, string release, string words)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: $"  extra_flags: [{flag}]\n");
        CountedRun run = new(sandbox, "held", tasks: 2);
        Answer submitted = await run.SubmitWellAsync();
        Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(submitted.RunId), a => a.Count("held") == 2);
        Assert.Equal("in_flight", look.State);
        Assert.All(look.Tasks, t => Assert.Equal(("queue", words), (t.GetProperty("evidence").GetString(), t.GetProperty("reason").GetString())));
        Assert.Equal("timeout", (await sandbox.WaitAsync(submitted.RunId, 1)).State);
        _ = await ClusterSandbox.OnClusterAsync($"{release} {JobId(submitted)}", sandbox.User);
        Assert.Equal(0, (await Ends.AssertInTwoLooksAsync(() => sandbox.StatusAsync(submitted.RunId), a => a.Count("held") == 0)).Count("held"));
        await run.AssertHappenedOnceAsync(submitted, arrays: 1);
    }

    [SkippableTheory]
    [InlineData("slurm", "scontrol hold", "scontrol release")]
    [InlineData("sge", "qhold", "qrls")]
    public async Task A_waiting_task_that_someone_holds_is_held_from_then_on(string scheduler, string hold, string release)
    {
        TestCluster.Need(scheduler);
        string later = scheduler == "slurm" ? "--begin=now+1hours" : $"-a, \"{DateTime.Now.AddHours(1):yyyyMMddHHmm}\"";
        using ClusterSandbox sandbox = new(scheduler, extra: $"  extra_flags: [{later}]\n");
        Answer submitted = await new CountedRun(sandbox, "waits", tasks: 2).SubmitWellAsync();
        _ = await Ends.AssertInTwoLooksAsync(() => sandbox.StatusAsync(submitted.RunId), a => a.Count("pending") == 2);
        _ = await ClusterSandbox.OnClusterAsync($"{hold} {JobId(submitted)}", sandbox.User);
        _ = await Ends.AssertInTwoLooksAsync(() => sandbox.StatusAsync(submitted.RunId), a => a.Count("held") == 2);
        _ = await ClusterSandbox.OnClusterAsync($"{release} {JobId(submitted)}", sandbox.User);
        _ = await Ends.AssertInTwoLooksAsync(() => sandbox.StatusAsync(submitted.RunId), a => a.Count("pending") == 2);
    }

    [SkippableFact]
    public async Task A_job_in_error_state_is_held_in_Grid_Engines_words()
    {
        TestCluster.Need("sge");
        using ClusterSandbox sandbox = new("sge", extra: "  extra_flags: [-S, /no/such/shell]\n");
        Answer submitted = await new CountedRun(sandbox, "error", tasks: 1).SubmitWellAsync();
        Answer look = submitted;
        for (int i = 0; i < 60 && (i == 0 || look.Count("held") == 0); i++) Ends.AssertNoneWrong(look = await sandbox.TasksAsync(submitted.RunId));
        Assert.Equal("in_flight", look.State);
        Assert.Equal("held", look.Tasks[0].GetProperty("state").GetString());
        Assert.Contains("error state", look.Tasks[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Answer why = await sandbox.RunAsync("status", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--explain");
        Assert.Contains("unable to find shell", why.Data.GetProperty("last_status").GetProperty("pending_reasons").ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_task_whose_dependency_can_never_be_fulfilled_waits_and_is_said_to_be_stuck()
    {
        TestCluster.Need("slurm");
        string other = (await ClusterSandbox.OnClusterAsync("cd / && sbatch --parsable -o /dev/null --wrap 'sleep 4; exit 3'")).Trim();
        using ClusterSandbox sandbox = new("slurm", extra: $"  extra_flags: [\"--dependency=afterok:{other}\"]\n");
        Answer submitted = await new CountedRun(sandbox, "never", tasks: 2).SubmitWellAsync();
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed.TotalSeconds < 60;)
        {
            Answer look = await sandbox.RunAsync("status", "--run-id", submitted.RunId, "--experiment-dir", sandbox.Experiment, "--explain");
            Ends.AssertNoneWrong(look);
            Assert.Equal(("in_flight", 2), (look.State, look.Count("pending")));
            if (look.Data.GetProperty("last_status").GetProperty("pending_reasons").EnumerateArray().Any(r => r.GetProperty("is_stuck").GetBoolean())) return;
        }
        Assert.Fail("nobody said so");
    }

    [SkippableTheory]
    [InlineData("slurm", "--requeue", "scontrol requeue", "scontrol update StartTime=now JobId=")]
    [InlineData("sge", "-r, y", "qmod -rj", null)]
    public async Task A_running_element_that_is_put_back_waits_and_runs_again(string scheduler, string flags, string putBack, string? hurry)
    {
        // Grid Engine takes a quarter of a minute for it.
        if (scheduler == "sge") TestCluster.NeedTime();
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler, extra: $"  extra_flags: [{flags}]\n");
        CountedRun run = new(sandbox, "again", tasks: 1, command: "[ $HPC_ATTEMPT = 2 ] || exec sleep 100");
        Answer submitted = await run.SubmitWellAsync();
        _ = await RunningAsync(sandbox, submitted.RunId);
        _ = await ClusterSandbox.OnClusterAsync($"{putBack} {JobId(submitted)}", sandbox.User);
        if (hurry is not null)
        {
            // The dispatcher may still say good bye; the queue says what comes next.
            Assert.True(await QueueSaysAsync(sandbox, submitted, "PENDING"), "Slurm did not put it back");
            Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(submitted.RunId), a => a.Count("pending") == 1, "preempted");
            Assert.Equal("in_flight", look.State);
            _ = await ClusterSandbox.OnClusterAsync(hurry + JobId(submitted), sandbox.User);
        }
        Answer end = submitted;
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed.TotalSeconds < 60 && (end == submitted || end.State != "complete");)
            Ends.AssertNoneWrong(end = await sandbox.TasksAsync(submitted.RunId), "preempted", "lost");
        Assert.True(end.State == "complete", end.Json.ToString());
        Assert.Equal(2, end.Tasks[0].GetProperty("attempt").GetInt32());
        Assert.Equal(["0 2"], run.Ran());
    }

    [SkippableTheory]
    [InlineData("slurm", "scancel", "cancelled")]
    [InlineData("slurm", "scancel --batch --signal=TERM", "preempted")]
    // It keeps no record of who deleted a job.
    [InlineData("sge", "qdel", "preempted")]
    public async Task A_task_that_someone_else_tells_to_end_is_called_by_what_the_scheduler_knows(string scheduler, string command, string state)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await new CountedRun(sandbox, "told", tasks: 1, command: "exec sleep 100").SubmitWellAsync();
        _ = await RunningAsync(sandbox, submitted.RunId);
        _ = await ClusterSandbox.OnClusterAsync($"{command} {JobId(submitted)}", sandbox.User);
        await sandbox.AssertLeavesQueueAsync(submitted.RunId);
        await sandbox.AssertIsBookedAsync(submitted.RunId, 1);
        for (int i = 0; i < 3; i++)
        {
            Answer look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(submitted.RunId), a => a.State == "failed" && a.Count(state) == 1, state);
            Assert.True(look.Tasks[0].GetProperty("reason").GetString()!.Contains(state == "cancelled" ? "CANCELLED by" : "the scheduler sent", StringComparison.Ordinal), look.Tasks[0].ToString());
        }
    }

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task A_task_that_a_signal_ends_has_failed_and_the_signal_is_named_as_probable(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await new CountedRun(sandbox, "signal", tasks: 2, command: "[ {i} = 1 ] || kill -SEGV $$; exec sleep 3141.59").SubmitWellAsync();
        Assert.True(await TestCluster.BecomesTrueAsync(() => Pids("^sleep 3141.59$").Length > 0), "the task did not start");
        foreach (int pid in Pids("^sleep 3141.59$")) Process.GetProcessById(pid).Kill();
        Answer end = await sandbox.WaitAsync(submitted.RunId);
        Assert.Equal(("failed", 2), (end.State, end.Count("failed")));
        IReadOnlyList<JsonElement> tasks = (await sandbox.TasksAsync(submitted.RunId)).Tasks;
        foreach ((int task, int signal) in ((int, int)[])[(0, 11), (1, 9)])
        {
            Assert.Equal(("event", 128 + signal), (tasks[task].GetProperty("evidence").GetString(), tasks[task].GetProperty("exit_code").GetInt32()));
            Assert.Equal($"exit code {128 + signal}, probably signal {signal}", tasks[task].GetProperty("reason").GetString());
            // From a code alone it is not known for sure.
            Assert.False(tasks[task].TryGetProperty("signal", out _));
        }
    }

    private static string JobId(Answer submitted) => submitted.Data.GetProperty("job_ids")[0].GetString()!;

    private static async Task<Answer> RunningAsync(ClusterSandbox sandbox, string runId)
    {
        for (int i = 0; i < 60; i++)
        {
            Answer look = await sandbox.TasksAsync(runId);
            Ends.AssertNoneWrong(look);
            // By its own record: its dispatcher is at work.
            if (look.Tasks[0].GetProperty("attempt").GetInt32() == 1) return look;
        }
        throw new InvalidOperationException("it does not start");
    }

    private static async Task<bool> QueueSaysAsync(ClusterSandbox sandbox, Answer submitted, string state)
    {
        for (int i = 0; i < 100; i++)
        {
            if ((await ClusterSandbox.OnClusterAsync($"squeue -h -j {JobId(submitted)} -o %T", sandbox.User)).Trim() == state) return true;
            await Task.Delay(200);
        }
        return false;
    }

    private static int[] Pids(string pattern)
    {
        using Process process = Process.Start(new ProcessStartInfo("pgrep", ["-f", pattern]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }
}
