using System.Diagnostics;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>Elements that are started again, twice, too late, or where nothing can be written.</summary>
public sealed class DispatchAgainTests
{
    public static TheoryData<string> Shells => new("dash", "bash", "busybox sh");

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_killed_element_goes_on_where_it_was_and_runs_nothing_twice(string shell)
    {
        NodeShells.Require(shell);
        // Task 2 waits at its first attempt only; tasks 0 and 1 leave results or nothing at all, task 3 fails.
        using NodeRun run = new("echo run >>ran.{i}; [ {i} != 1 ] || echo '{{}}' >\"$RESULT_DIR/metrics.json\"; [ {i} != 3 ] || exit 5; " +
            "[ \"{i}$HPC_ATTEMPT\" != 21 ] || {{ : >waiting; exec sleep 1000; }}", 5);
        using (Process first = run.Start(shell))
        {
            await NodeRun.AppearsAsync(Path.Combine(run.Code, "waiting"));
            NodeRun.Signal(first, 9);
            await first.WaitForExitAsync();
        }
        EndLeftovers(run);
        Assert.Equal([TaskState.Complete, TaskState.Complete, TaskState.Running, TaskState.Pending, TaskState.Pending], run.States());

        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Complete, TaskState.Complete, TaskState.Complete, TaskState.Failed, TaskState.Complete], run.States());
        Assert.Equal((2, 1), (run.Status(2).Attempt, run.Ledger().LostCount(2)));
        Assert.Equal([1, 1, 2, 1, 1], Runs(run, 5));

        // A third start finds nothing to do, says nothing new, and knows of the failure.
        int events = run.Events().Count;
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal(events, run.Events().Count);
        Assert.Equal([1, 1, 2, 1, 1], Runs(run, 5));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Wherever_an_element_is_killed_its_next_start_completes_each_task_exactly_once(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo \"log {i}\"; echo '{{\"x\":{i}}}' >\"$RESULT_DIR/metrics.json\"; echo extra >\"$RESULT_DIR/extra\"; echo done >>ran.{i}", 30);
        Random random = new(shell.Length);
        for (int kill = 0; kill < 12; kill++)
        {
            using Process process = run.Start(shell);
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(random.Next(60, 180)));
            if (!process.HasExited) NodeRun.Signal(process, 9);
            await process.WaitForExitAsync();
            // What it left behind ends by itself.
            await Task.Delay(150);
        }
        Assert.Equal(0, (await run.RunAsync(shell)).Exit);
        Assert.All(run.States(), state => Assert.Equal(TaskState.Complete, state));
        Assert.Single(run.Events().Where(e => e.State == TaskState.Complete).GroupBy(e => e.TaskId).Select(g => g.Count()).Distinct());
        for (int i = 0; i < 30; i++)
        {
            Assert.Equal($"{{\"x\":{i}}}\n", run.Result(i, "metrics.json"));
            Assert.Equal("extra\n", run.Result(i, "extra"));
            Assert.Equal($"log {i}\n", run.Log(i));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_crash_between_promotion_and_event_is_repaired(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo '{{}}' >\"$RESULT_DIR/metrics.json\"; echo run >>ran.{i}", 2);
        Assert.Equal(0, (await run.RunAsync(shell)).Exit);
        string memory = Path.Combine(run.Layout.Elements, "0.1");
        string events = Directory.EnumerateFiles(run.Layout.Events).Single();
        // As if it had been killed before it noted the end of task 1; and in the middle of a line.
        File.WriteAllLines(events, File.ReadAllLines(events)[..^1]);
        File.WriteAllText(memory, string.Join('\n', File.ReadAllLines(memory).TakeWhile(l => !l.StartsWith("e 1", StringComparison.Ordinal))) + "\ne 1 1 compl");
        Assert.Equal(TaskState.Running, run.States()[1]);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal((TaskState.Complete, 1), (run.States()[1], run.Status(1).Attempt));
        Assert.Equal([1, 1], Runs(run, 2));

        // The same where the element remembers nothing, as another array of the run would not.
        File.WriteAllLines(events, File.ReadAllLines(events)[..^1]);
        File.Delete(memory);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal([TaskState.Complete, TaskState.Complete], run.States());
        Assert.Equal([1, 1], Runs(run, 2));
        Assert.Single(run.Events(), e => e is { Kind: TaskEventKind.End, TaskId: 0 });
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Results_of_another_identity_are_replaced(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "echo '{{\"new\":1}}' >\"$RESULT_DIR/metrics.json\"", Tasks = NodeRun.Numbers(1), AttemptBase = 4 });
        string results = Path.GetDirectoryName(run.ResultPath(0, "x"))!;
        _ = Directory.CreateDirectory(results);
        File.WriteAllText(run.ResultPath(0, "metrics.json"), "{\"old\":1}");
        File.WriteAllText(run.ResultPath(0, ".hpc_stamp"), "beef 1\n");
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal("{\"new\":1}\n", run.Result(0, "metrics.json"));
        Assert.Equal("f00d 5\n", run.Result(0, ".hpc_stamp"));
        Assert.Equal(5, run.Status(0).Attempt);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_resumed_array_runs_the_tasks_of_its_list_and_no_others(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "echo \"log {i}\"; echo \"$HPC_ATTEMPT\" >>ran.{i}; [ {i} != 9 ] || exit 7; echo '{{\"x\":{i}}}' >\"$RESULT_DIR/metrics.json\"",
            Tasks = NodeRun.Numbers(1300),
            Elements = 2,
            AttemptBase = 3,
            TaskIds = [new(1, 1), new(4, 2), new(9, 1), new(1299, 1)],
        });
        Assert.Equal((0, ""), await run.RunAsync(shell, element: 1));
        Assert.Equal((1, ""), await run.RunAsync(shell, element: 2));
        Assert.Equal(["ran.1", "ran.1299", "ran.4", "ran.5", "ran.9"], Directory.EnumerateFiles(run.Code).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.EnumerateFiles(run.Code), f => Assert.Equal("4\n", File.ReadAllText(f)));
        Assert.Equal([1, 4, 5, 9, 1299], run.Ledger().TasksIn(s => s != TaskState.Pending));
        Assert.Equal((TaskState.Failed, 7), (run.Status(9).State, run.Status(9).ExitCode));
        foreach (long id in (long[])[1, 4, 5, 9, 1299]) Assert.Equal($"log {id}\n", run.Log(id));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_killed_element_of_a_resumed_array_goes_on_where_it_was(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "echo run >>ran.{i}; [ \"{i}$HPC_ATTEMPT\" != 72 ] || {{ : >waiting; exec sleep 1000; }}",
            Tasks = NodeRun.Numbers(20),
            AttemptBase = 1,
            TaskIds = [new(2, 1), new(7, 1), new(11, 2)],
        });
        using (Process first = run.Start(shell))
        {
            await NodeRun.AppearsAsync(Path.Combine(run.Code, "waiting"));
            NodeRun.Signal(first, 9);
            await first.WaitForExitAsync();
        }
        EndLeftovers(run);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal([2, 7, 11, 12], run.Ledger().TasksIn(s => s == TaskState.Complete));
        Assert.Equal((3, 2), (run.Status(7).Attempt, run.Status(2).Attempt));
        Assert.Equal(["ran.11", "ran.12", "ran.2", "ran.7", "waiting"], Directory.EnumerateFiles(run.Code).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal("run\n", File.ReadAllText(Path.Combine(run.Code, "ran.2")));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_duplicate_array_is_fenced_and_the_first_of_two_unrecorded_ones_wins(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo run >>ran.{i}", 1);
        Assert.Equal((0, ""), await run.RunAsync(shell, job: "43"));
        Assert.Equal(["duplicate, fenced: array 0 is job 42, not 43"], run.Notes());
        Assert.Empty(Directory.EnumerateFiles(run.Code));

        run.RecordJob(null);
        using Process one = run.Start(shell, job: "51");
        using Process other = run.Start(shell, job: "52");
        Assert.Equal((0, ""), await NodeRun.EndOfAsync(one));
        Assert.Equal((0, ""), await NodeRun.EndOfAsync(other));
        Assert.Equal([1], Runs(run, 1));
        Assert.Contains(run.RecordedJob(), (string[])["51", "52"]);
        Assert.Equal(2, run.Notes().Count);
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(Directory.EnumerateFiles(run.Layout.Submit, "id", SearchOption.AllDirectories).Single())!));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task An_id_that_is_recorded_while_the_element_waits_counts(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("true", 1);
        run.RecordJob(null);
        using Process waiting = run.Start(shell, job: "43");
        await Task.Delay(300);
        run.RecordJob("42");
        Assert.Equal((0, ""), await NodeRun.EndOfAsync(waiting));
        Assert.Single(run.Notes());
        Assert.Equal(TaskState.Pending, run.States()[0]);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_stopped_run_starts_nothing_more(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("[ {i} != 1 ] || : >../../runs/run-1/stopped", 4);
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Complete, TaskState.Complete, TaskState.Pending, TaskState.Pending], run.States());
        Assert.Equal(["not_started 2-3: the run was stopped"], run.Notes());
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_task_that_no_longer_fits_into_the_time_is_not_started(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "sleep 1.2",
            Tasks = NodeRun.Numbers(4),
            ElementWalltime = TimeSpan.FromSeconds(302),
            TaskWalltime = TimeSpan.FromSeconds(300),
            GraceSeconds = 2,
        });
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Complete, TaskState.Pending, TaskState.Pending, TaskState.Pending], run.States());
        Assert.StartsWith("not_started 1-3: ", Assert.Single(run.Notes()), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_task_over_its_own_limit_is_ended_and_the_next_one_runs(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "[ {i} != 0 ] || sleep 1000", Tasks = NodeRun.Numbers(2), TaskWalltime = TimeSpan.FromSeconds(1) });
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Timeout, TaskState.Complete], run.States());
        Assert.StartsWith("its limit of 1 s was over; signal ALRM, INT sent by launcher ", run.Status(0).Reason, StringComparison.Ordinal);
        Assert.InRange(run.Status(0).Elapsed!.Value.TotalSeconds, 0.9, 60);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Many_tasks_that_end_at_once_never_wait_for_the_watch_over_their_time(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "true", Tasks = NodeRun.Numbers(500), TaskWalltime = TimeSpan.FromHours(1) });
        Assert.Equal((0, ""), await run.RunAsync(shell).WaitAsync(TimeSpan.FromMinutes(2)));
        Assert.All(run.States(), s => Assert.Equal(TaskState.Complete, s));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Where_no_work_folder_can_be_made_the_dispatcher_says_so(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("true", 2);
        // A file where a folder must be stops root too.
        _ = Directory.CreateDirectory(run.Layout.Results);
        File.WriteAllText(Path.Combine(run.Layout.Results, "0"), "");
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Failed, TaskState.Failed], run.States());
        Assert.StartsWith("dispatcher: its work folder could not be made: mkdir: ", run.Status(0).Reason, StringComparison.Ordinal);
        File.Delete(Path.Combine(run.Layout.Results, "0"));
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal((TaskState.Complete, 2), (run.States()[1], run.Status(1).Attempt));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Results_that_cannot_be_moved_are_a_failure_of_the_dispatcher_and_stay(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo 1 >\"$RESULT_DIR/a\"; echo '{{}}' >\"$RESULT_DIR/metrics.json\"", 1);
        _ = Directory.CreateDirectory(run.ResultPath(0, "metrics.json"));
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal(TaskState.Failed, run.States()[0]);
        Assert.StartsWith("dispatcher: its results could not be moved into place: mv: ", run.Status(0).Reason, StringComparison.Ordinal);
        Assert.Equal("{}\n", File.ReadAllText(Path.Combine(run.Layout.Results, "0", "_wip_0_1", "metrics.json")));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Where_no_event_can_be_written_no_task_starts(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo run >>ran.{i}", 2);
        File.WriteAllText(run.Layout.Events, "");
        (int exit, string errors) = await run.RunAsync(shell);
        Assert.Equal(1, exit);
        Assert.Contains("dispatcher: cannot write to ", errors, StringComparison.Ordinal);
        Assert.Contains(" start 0 1; ", errors.ReplaceLineEndings("; "), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(run.Code));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_full_disk_loses_no_result_and_no_event_that_was_told(string shell)
    {
        NodeShells.Require(shell);
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root can mount a small disk");
        using NodeRun run = new("[ {i} != 2 ] || dd if=/dev/zero of=\"$RESULT_DIR/fill\" bs=4096 count=1000 2>/dev/null; echo '{{}}' >\"$RESULT_DIR/metrics.json\"", 5);
        (int mounted, _, string why) = await ChildProcess.TryRunAsync("mount", null, ["-t", "tmpfs", "-o", "size=512k", "none", Make(run.Layout.Results)]);
        Skip.If(mounted != 0, why);
        try
        {
            Assert.Equal(1, (await run.RunAsync(shell)).Exit);
            TaskState[] states = run.States();
            Assert.Equal([TaskState.Complete, TaskState.Complete, TaskState.Failed], states[..3]);
            File.Delete(Path.Combine(run.Layout.Results, "0", "_wip_2_1", "fill"));
            // The command failed by itself: it is not tried again. What the dispatcher could not do is.
            Assert.Equal(1, (await run.RunAsync(shell)).Exit);
            Assert.Equal([TaskState.Complete, TaskState.Complete, TaskState.Failed], run.States()[..3]);
        }
        finally
        {
            _ = await ChildProcess.TryRunAsync("umount", null, [run.Layout.Results]);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_full_disk_for_events_and_logs_stops_the_element_without_torn_lines(string shell)
    {
        NodeShells.Require(shell);
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.UserName == "root", "only root can mount a small disk");
        using NodeRun run = new("[ {i} != 1 ] || cat /dev/zero >\"../../runs/run-1/events/fill\" 2>/dev/null; true", 4);
        (int mounted, _, string why) = await ChildProcess.TryRunAsync("mount", null, ["-t", "tmpfs", "-o", "size=64k", "none", Make(run.Layout.Events)]);
        Skip.If(mounted != 0, why);
        try
        {
            (int exit, string errors) = await run.RunAsync(shell);
            if (exit == 1)
            {
                Assert.Contains("dispatcher: cannot write to ", errors, StringComparison.Ordinal);
                Assert.Contains(" end 1 1 state=complete", errors, StringComparison.Ordinal);
            }
            File.Delete(Path.Combine(run.Layout.Events, "fill"));
            Assert.Equal((0, ""), await run.RunAsync(shell));
            TaskLedger ledger = new(4);
            _ = new EventLog(run.Layout.Events).ReadNew((e, node) => ledger.Apply(e, node));
            Assert.Equal(4, ledger.Count(TaskState.Complete));
        }
        finally
        {
            _ = await ChildProcess.TryRunAsync("umount", null, [run.Layout.Events]);
        }
    }

    private static string Make(string folder) => Directory.CreateDirectory(folder).FullName;

    private static int[] Runs(NodeRun run, int tasks) =>
        [.. Enumerable.Range(0, tasks).Select(i => Path.Combine(run.Code, $"ran.{i}")).Select(f => File.Exists(f) ? File.ReadAllLines(f).Length : 0)];

    // The task outlives its dispatcher; nobody else has this run's folder as its current one.
    private static void EndLeftovers(NodeRun run)
    {
        foreach (string process in Directory.EnumerateDirectories("/proc").Where(p => int.TryParse(Path.GetFileName(p), out _)))
        {
            if (new DirectoryInfo(Path.Combine(process, "cwd")).LinkTarget == run.Code)
                _ = HpcAgent.Engine.Local.Posix.kill(int.Parse(Path.GetFileName(process), System.Globalization.CultureInfo.InvariantCulture), 9);
        }
    }
}
