using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>Signals of schedulers at every stage of an element.</summary>
public sealed class DispatchSignalTests
{
    private const int Usr1 = 10;
    private const int Usr2 = 12;

    public static TheoryData<string> Shells => new("dash", "bash", "busybox sh");

    public static TheoryData<string, int, string> ShellsAndSignals
    {
        get
        {
            TheoryData<string, int, string> data = [];
            foreach (string shell in (string[])["dash", "bash", "busybox sh"])
            {
                data.Add(shell, Posix.SigTerm, "TERM");
                data.Add(shell, Usr1, "USR1");
                data.Add(shell, Usr2, "USR2");
            }
            return data;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(ShellsAndSignals))]
    public async Task A_task_hears_INT_first_and_the_rest_is_not_started(string shell, int signal, string name)
    {
        NodeShells.Require(shell);
        // Its own child must hear it too, as python would: the group gets it.
        using NodeRun run = new("trap 'echo saved >\"$RESULT_DIR/checkpoint\"; exit 7' INT; sh -c 'trap \"echo child heard; exit\" INT; : >started; while :; do sleep 0.1; done'; sleep 1000", 3);
        using Process process = run.Start(shell);
        await NodeRun.AppearsAsync(Path.Combine(run.Code, "started"));
        NodeRun.Signal(process, signal);
        if (signal == Usr1)
        {
            // Grid Engine's second word; the first counts.
            await Task.Delay(50);
            _ = Posix.kill(process.Id, Usr2);
        }
        Assert.Equal(1, (await NodeRun.EndOfAsync(process)).Exit);
        RunTaskStatus status = run.Status(0);
        Assert.Equal((TaskState.Preempted, (int?)7), (status.State, status.ExitCode));
        Assert.StartsWith($"the scheduler sent {name}; signal {name}, INT sent by launcher ", status.Reason, StringComparison.Ordinal);
        Assert.Equal("child heard\n", run.Log(0));
        Assert.Equal("saved\n", File.ReadAllText(Path.Combine(run.Layout.Results, "0", "_wip_0_1", "checkpoint")));
        Assert.Equal([$"not_started 1-2: the scheduler sent {name}"], run.Notes());

        // Started again it goes on from there.
        Assert.Equal(2, await FinishAsync(run, shell));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_task_that_hears_nothing_is_killed_after_the_grace(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "trap '' INT TERM; : >started; while :; do sleep 0.1; done", Tasks = NodeRun.Numbers(1), GraceSeconds = 1 });
        using Process process = run.Start(shell);
        await NodeRun.AppearsAsync(Path.Combine(run.Code, "started"));
        NodeRun.Signal(process, Posix.SigTerm);
        Assert.Equal(1, (await NodeRun.EndOfAsync(process)).Exit);
        Assert.Equal((TaskState.Preempted, (int?)137), (run.Status(0).State, run.Status(0).ExitCode));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_signal_near_the_end_of_the_elements_time_is_a_timeout(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = ": >started; sleep 1000", Tasks = NodeRun.Numbers(1), ElementWalltime = TimeSpan.FromSeconds(4) });
        using Process process = run.Start(shell);
        await NodeRun.AppearsAsync(Path.Combine(run.Code, "started"));
        await Task.Delay(2500);
        NodeRun.Signal(process, Posix.SigTerm);
        Assert.Equal(1, (await NodeRun.EndOfAsync(process)).Exit);
        Assert.Equal(TaskState.Timeout, run.States()[0]);
        Assert.StartsWith("the time of the element was over; signal TERM", run.Status(0).Reason, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_signal_after_the_run_was_stopped_is_a_cancellation(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(": >started; sleep 1000", 2);
        using Process process = run.Start(shell);
        await NodeRun.AppearsAsync(Path.Combine(run.Code, "started"));
        File.WriteAllText(run.Layout.Stopped, "");
        NodeRun.Signal(process, Posix.SigTerm);
        Assert.Equal(1, (await NodeRun.EndOfAsync(process)).Exit);
        Assert.Equal([TaskState.Cancelled, TaskState.Pending], run.States());
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_task_that_finishes_its_results_within_the_grace_is_complete(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("trap 'echo \"{{}}\" >\"$RESULT_DIR/metrics.json\"; exit 0' INT; : >started; while :; do sleep 0.1; done", 1);
        using Process process = run.Start(shell);
        await NodeRun.AppearsAsync(Path.Combine(run.Code, "started"));
        NodeRun.Signal(process, Posix.SigTerm);
        Assert.Equal(0, (await NodeRun.EndOfAsync(process)).Exit);
        Assert.Equal(TaskState.Complete, run.States()[0]);
        Assert.Equal("{}\n", run.Result(0, "metrics.json"));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Tasks_ignore_the_signals_that_Grid_Engine_sends_to_everybody(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("kill -USR1 $$; kill -USR2 $$; sh -c 'kill -USR1 $$; kill -USR2 $$; echo alive'", 1);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal("alive\n", run.Log(0));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task At_whatever_moment_the_signal_comes_everything_is_accounted_for_and_can_go_on(string shell)
    {
        NodeShells.Require(shell);
        const int tasks = 12;
        using NodeRun run = new("echo \"{i}\"; echo 1 >\"$RESULT_DIR/a\"; echo 2 >\"$RESULT_DIR/b\"; echo \"{{\\\"x\\\":{i}}}\" >\"$RESULT_DIR/metrics.json\"", tasks);
        Random random = new(7 + shell.Length);
        int interrupted = 0;
        for (int round = 0; round < 10; round++)
        {
            using Process process = run.Start(shell);
            await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(random.Next(20, 160)));
            bool sent = !process.HasExited && Posix.kill(process.Id, Posix.SigTerm) == 0;
            (int exit, string errors) = await NodeRun.EndOfAsync(process);
            // Before its traps are set a signal simply ends it.
            if (exit == 143) continue;
            Assert.Equal("", errors);
            if (sent && exit == 1) interrupted++;
            Assert.DoesNotContain(TaskState.Running, run.States());
            Assert.DoesNotContain(TaskState.Failed, run.States());
            Assert.Empty(Directory.EnumerateFileSystemEntries(run.Temporary));
        }
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.All(run.States(), state => Assert.Equal(TaskState.Complete, state));
        for (int i = 0; i < tasks; i++) Assert.Equal((string.Create(CultureInfo.InvariantCulture, $"{{\"x\":{i}}}\n"), "1\n", $"{i}\n"), (run.Result(i, "metrics.json"), run.Result(i, "a"), run.Log(i)));
        Assert.True(interrupted > 0);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Promotion_is_not_cut_short_by_a_signal_to_everybody(string shell)
    {
        NodeShells.Require(shell);
        NodeShells.Require("setsid");
        using NodeRun run = new("cd \"$RESULT_DIR\"; i=0; while [ $i -lt 1500 ]; do echo $i >file$i; i=$((i+1)); done; echo '{{}}' >metrics.json", 2);
        // A session of its own, so that the whole group can be signalled.
        using Process process = run.Start($"setsid {shell}");
        string results = Path.GetDirectoryName(run.ResultPath(0, "x"))!;
        for (int i = 0; i < 6000 && !Directory.Exists(results); i++) await Task.Delay(5);
        Assert.Equal(0, Posix.kill(-process.Id, Posix.SigTerm));
        Assert.Equal(1, (await NodeRun.EndOfAsync(process)).Exit);
        Assert.Equal([TaskState.Complete, TaskState.Pending], run.States());
        Assert.Equal(1502, Directory.EnumerateFiles(results).Count());
        Assert.Equal(["not_started 1-1: the scheduler sent TERM"], run.Notes());
    }

    [SkippableTheory]
    [InlineData("monitor", "bash", "INT", "")]
    [InlineData("env", "dash", "INT", "env setsid perl")]
    [InlineData("perl", "dash", "INT", "perl")]
    [InlineData("setsid", "dash", "TERM", "setsid")]
    [InlineData("plain", "dash", "TERM", "")]
    [InlineData("plain", "busybox sh", "TERM", "")]
    public async Task The_launcher_that_works_on_the_node_is_chosen(string launcher, string shell, string first, string tools)
    {
        NodeShells.Require(shell);
        foreach (string tool in tools.Split(' ', StringSplitOptions.RemoveEmptyEntries)) NodeShells.Require(tool);
        using NodeRun run = new("trap 'echo INT; exit 1' INT; trap 'echo TERM; exit 1' TERM; : >started; while :; do sleep 0.1; done", 1);
        using TempFolder path = new();
        foreach (string tool in (string[])["sh", "bash", "date", "mkdir", "dd", "awk", "cksum", "rm", "rmdir", "mv", "od", "sleep", "cat", "wc", "ln", .. tools.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
            File.CreateSymbolicLink(path[tool], Find(tool));
        run.Environment["PATH"] = path.Root;
        using Process process = run.Start(Find(shell.Split(' ')[0]) + shell[shell.Split(' ')[0].Length..]);
        await NodeRun.AppearsAsync(Path.Combine(run.Code, "started"));
        NodeRun.Signal(process, Posix.SigTerm);
        Assert.Equal((1, ""), await NodeRun.EndOfAsync(process));
        Assert.Equal($"the scheduler sent TERM; signal TERM, {first} sent by launcher {launcher}", run.Status(0).Reason);
        // A shell may say first that its own child was ended.
        Assert.EndsWith(first + "\n", run.Log(0), StringComparison.Ordinal);
        run.AssertClean();
    }

    private static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);

    private static async Task<int> FinishAsync(NodeRun run, string shell)
    {
        File.Delete(Path.Combine(run.Code, "started"));
        File.WriteAllText(Path.Combine(run.Layout.Root, "command.sh"), "true\n");
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.All(run.States(), state => Assert.Equal(TaskState.Complete, state));
        return run.Status(0).Attempt;
    }
}
