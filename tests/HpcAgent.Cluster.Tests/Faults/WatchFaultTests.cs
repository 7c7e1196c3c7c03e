using System.Diagnostics;
using System.Text.Json;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Cluster.Tests.Faults;

/// <summary>What a watch meets: tasks that end while they are asked about, a cluster out of reach for long, clocks that differ.</summary>
[Collection("cluster")]
public sealed class WatchFaultTests
{
    private const string FakeTime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

    [SkippableTheory]
    [InlineData("slurm")]
    [InlineData("sge")]
    public async Task No_look_is_wrong_while_short_tasks_end_under_it(string scheduler)
    {
        TestCluster.Need(scheduler);
        using ClusterSandbox sandbox = new(scheduler);
        Answer submitted = await new CountedRun(sandbox, "short", tasks: 40, command: "sleep 0.$(expr {i} % 9)").SubmitWellAsync();
        RunSurvey survey = new(_ => sandbox.Context());
        long complete = 0;
        int looks = 0;
        RunStatus status;
        do
        {
            status = Assert.Single(await survey.LookAsync([(submitted.RunId, sandbox.Experiment)], CancellationToken.None)).Status!;
            Assert.True(status.Counts.UnsuccessfulCount == 0 && status.State != LifecycleState.Failed && status.Counts.TotalCount == 40, status.ToString());
            Assert.True(status.Counts.CompleteCount >= complete, "completion was taken back");
            complete = status.Counts.CompleteCount;
        }
        while (status.State != LifecycleState.Complete && ++looks < 200);
        Assert.Equal(40, complete);
        Assert.True(looks >= 3, $"{looks} looks saw little");
    }

    [SkippableFact]
    public async Task A_watch_outlives_ten_looks_without_a_connection_says_so_and_is_right_within_two_looks()
    {
        TestCluster.Need("slurm");
        using OwnSshd sshd = new();
        using ClusterSandbox sandbox = new("slurm", sshConfig: sshd.Config);
        sandbox.Environment["HPC_SSH_NO_BACKOFF"] = "1";
        sshd.Replace("squeue", "echo >>\"$0.count\"; exec /usr/bin/squeue \"$@\"");
        Answer submitted = await new CountedRun(sandbox, "away", tasks: 2, command: "sleep 4").SubmitWellAsync();
        // The pauses after errors grow to ten minutes: only the watch's own clock is quick.
        QuickClock clock = new(600);
        OperationContext context = new(sandbox.Experiment, new StateFolder(new StateEnvironment { JournalDirectory = sandbox.State }), new("", "", []), sandbox.Environment) { Clock = clock };
        context.Use(sandbox.Context().Cluster("site"));
        List<WatchedRun> looks = [];
        await foreach (WatchedRun look in new RunWatcher(_ => context).WatchAsync([(submitted.RunId, sandbox.Experiment)], new WatchOptions(), CancellationToken.None))
        {
            looks.Add(look);
            // What holds connections back after failures counts minutes by the true clock.
            foreach (string tries in Directory.GetFiles(sandbox.State, "*.tries", SearchOption.AllDirectories)) File.Delete(tries);
            if (looks.Count == 1) sshd.Kill();
            if (looks.Count == 11)
            {
                await sandbox.AssertLeavesQueueAsync(submitted.RunId, 60);
                sshd.Start();
            }
            Assert.True(looks.Count < 20, string.Join('\n', looks));
        }
        Assert.Null(looks[0].Error);
        WatchedRun[] without = [.. looks.Skip(1).TakeWhile(l => l.Error is not null)];
        Assert.True(without.Length is 10 or 11, string.Join('\n', looks));
        // The first one may have been cut in the middle.
        Assert.All(without, l => Assert.Equal((false, LifecycleState.InFlight), (l.IsOver, l.Status!.State)));
        Assert.All(without.Skip(1), l => Assert.Equal(ErrorCode.SshUnreachable, l.Error!.Code));
        Assert.All(without, l => Assert.Equal(0, l.Status!.Counts.UnsuccessfulCount));
        WatchedRun[] after = [.. looks.Skip(1 + without.Length)];
        Assert.InRange(after.Length, 1, 2);
        Assert.Equal((LifecycleState.Complete, true), (after[^1].Status!.State, after[^1].IsOver));
        // More than an hour by its clock, of which the scheduler was asked a few times.
        Assert.True(looks[^1].Elapsed > TimeSpan.FromHours(1), looks[^1].Elapsed.ToString());
        Assert.InRange(sshd.Lines("squeue.count"), 1, 4);
    }

    [SkippableTheory]
    [InlineData("+1h")]
    [InlineData("-1h")]
    public async Task A_client_whose_clock_is_an_hour_off_shows_right_ages_and_ends(string offset)
    {
        TestCluster.Need("slurm");
        Skip.IfNot(File.Exists(FakeTime), "faketime is not installed");
        using ClusterSandbox sandbox = new("slurm");
        sandbox.Environment["LD_PRELOAD"] = FakeTime;
        sandbox.Environment["FAKETIME"] = offset;
        sandbox.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = sandbox.Environment["DONT_FAKE_MONOTONIC"] = "1";
        CountedRun run = new(sandbox, "clock", tasks: 2, command: "sleep 5; [ {i} = 0 ] || {{ kill -9 $PPID; exit 1; }}");
        Answer submitted = await run.SubmitWellAsync();
        Assert.InRange((submitted.Data.GetProperty("submitted_at").GetDateTimeOffset() - DateTimeOffset.UtcNow).Duration().TotalMinutes, 59, 61);
        Answer look = submitted;
        for (int i = 0; i < 40 && (i == 0 || look.Tasks.Any(t => !t.TryGetProperty("started_at", out _))); i++) Ends.AssertNoneWrong(look = await sandbox.TasksAsync(submitted.RunId));
        DateTimeOffset observed = look.Data.GetProperty("last_status").GetProperty("observed_at").GetDateTimeOffset();
        foreach (JsonElement task in look.Tasks)
        {
            Assert.InRange(task.GetProperty("elapsed_seconds").GetDouble(), 0, 30);
            Assert.InRange((observed - task.GetProperty("started_at").GetDateTimeOffset()).TotalSeconds, -2, 30);
            Assert.InRange((observed - task.GetProperty("evidence_at").GetDateTimeOffset()).TotalSeconds, -2, 30);
        }
        await sandbox.AssertLeavesQueueAsync(submitted.RunId);
        await sandbox.AssertIsBookedAsync(submitted.RunId, 2);
        look = await Ends.AssertInTwoLooksAsync(() => sandbox.TasksAsync(submitted.RunId), a => a.State == "failed", "failed");
        Assert.Equal((1, 1), (look.Count("complete"), look.Count("failed")));
        Assert.All(look.Tasks, t => Assert.InRange(t.TryGetProperty("elapsed_seconds", out JsonElement took) ? took.GetDouble() : 5, 4, 30));
    }

    /// <summary>A clock that goes faster than the true one.</summary>
    private sealed class QuickClock(double factor) : TimeProvider
    {
        private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
        private readonly long _began = Stopwatch.GetTimestamp();

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _start + (Stopwatch.GetElapsedTime(_began) * factor);

        public override long GetTimestamp() => GetUtcNow().Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime / factor : dueTime, period);
    }
}
