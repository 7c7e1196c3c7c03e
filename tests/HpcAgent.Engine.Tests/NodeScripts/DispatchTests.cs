using System.Globalization;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>Elements that run undisturbed, under each kind of shell.</summary>
public sealed class DispatchTests
{
    public static TheoryData<string> Shells => new("dash", "bash", "busybox sh");

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Results_logs_and_events_of_successful_tasks_are_where_readers_look(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo \"task {i} says hello\"; echo twice; echo \"{{\\\"x\\\":{i}}}\" >\"$RESULT_DIR/metrics.json\"", 3);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal($"{{\"x\":{i}}}\n", run.Result(i, "metrics.json"));
            Assert.Equal("f00d 1\n", run.Result(i, ".hpc_stamp"));
            Assert.Equal($"task {i} says hello\ntwice\n", run.Log(i));
            RunTaskStatus status = run.Status(i);
            Assert.Equal((TaskState.Complete, 1, (int?)0, null), (status.State, status.Attempt, status.ExitCode, status.Reason));
            Assert.InRange(status.Elapsed!.Value.TotalSeconds, 0, 60);
            Assert.InRange((DateTimeOffset.UtcNow - status.StartedAt!.Value).TotalSeconds, -2, 120);
        }
        // Joined, not one by one.
        Assert.Equal(["0-2.1.log"], Directory.EnumerateFiles(run.Layout.LogShard(0)).Select(Path.GetFileName));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_failing_task_fails_alone_and_keeps_its_log_and_files(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo out; echo part >\"$RESULT_DIR/part.txt\"; [ {i} != 1 ] || exit 3; [ {i} != 2 ] || kill -9 $$", 4);
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Complete, TaskState.Failed, TaskState.Failed, TaskState.Complete], run.States());
        Assert.Equal((3, null), (run.Status(1).ExitCode, run.Status(1).Reason));
        Assert.Equal((137, "exit code 137, probably signal 9"), (run.Status(2).ExitCode, run.Status(2).Reason));
        Assert.Null(run.Status(2).Signal);
        Assert.Equal("out\n", run.Log(1));
        Assert.Equal("part\n", File.ReadAllText(Path.Combine(run.Layout.Results, "0", "_wip_1_1", "part.txt")));
        Assert.False(Directory.Exists(Path.GetDirectoryName(run.ResultPath(1, "x"))));
        Assert.Equal("part\n", run.Result(3, "part.txt"));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Awkward_values_and_variables_reach_the_task_byte_for_byte(string shell)
    {
        NodeShells.Require(shell);
        string[] values = ["", "it's", "'''", "a\nb\n", "$(touch x)`y`\\", "\u0001\u007f\u00e9\U0001F600", "-n", "%s %d", "\"", "\t *  ?", new string('\'', 70), "#3", "\n#0\n"];
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "printf '%s|%s|%s' {v} \"$MINE\" \"$HPC_TASK_ID/$HPC_TASK_COUNT/$HPC_RUN_ID/$HPC_ATTEMPT/$HPC_CPUS\" >\"$RESULT_DIR/v\"; " +
                "cp \"$HPC_PARAMS\" \"$RESULT_DIR/p\"; pwd >\"$RESULT_DIR/cwd\"; [ \"$RESULT_DIR\" = \"$HPC_RESULT_DIR\" ]",
            Tasks = values.Select(v => new Dictionary<string, object?> { ["v"] = v }),
            Variables = new Dictionary<string, string> { ["MINE"] = "a 'b'\n$c \\" },
        });
        Assert.Equal((0, ""), await run.RunAsync(shell));
        for (int i = 0; i < values.Length; i++)
        {
            Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{values[i]}|a 'b'\n$c \\|{i}/{values.Length}/run-1/1/3"), run.Result(i, "v"));
            Assert.Equal(values[i], System.Text.Json.JsonDocument.Parse(run.Result(i, "p")).RootElement.GetProperty("v").GetString());
            Assert.Equal(run.Code + "\n", run.Result(i, "cwd"));
        }
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Only_regular_files_that_are_not_empty_are_promoted_whatever_their_names(string shell)
    {
        NodeShells.Require(shell);
        string[] names = ["plain", "-rf", "a b", "new\nline", "'quo\"te", ".hidden", "..dots", "*", "sub dir/-x", "sub dir/.deep/..y", "-d/[a]"];
        string make = string.Join('\n', names.Select(n => $"mkdir -p -- \"$(dirname -- ./{ShellQuote.Always(n)})\"; echo {ShellQuote.Always(n)} >./{ShellQuote.Always(n)}"));
        using NodeRun run = new("cd \"$RESULT_DIR\"\n" + make.Replace("{", "{{", StringComparison.Ordinal) +
            "\n: >empty; ln -s /etc/passwd link; ln -s /etc linkdir; mkfifo pipe; mkdir emptydir; mkdir metrics.d; echo 1 >metrics.d/metrics.json; echo '{{}}' >metrics.json", 1);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        string results = Path.GetDirectoryName(run.ResultPath(0, "x"))!;
        string[] found = [.. Directory.EnumerateFiles(results, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Select(f => Path.GetRelativePath(results, f))];
        Assert.Equal(names.Concat([".hpc_stamp", "metrics.json", "metrics.d/metrics.json"]).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        foreach (string name in names) Assert.Equal(name + "\n", run.Result(0, name));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Thousands_of_files_are_promoted(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("cd \"$RESULT_DIR\"; i=0; while [ $i -lt 1500 ]; do echo $i >file$i; i=$((i+1)); done; echo '{{}}' >metrics.json", 1);
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal(1502, Directory.EnumerateFiles(Path.GetDirectoryName(run.ResultPath(0, "x"))!).Count());
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Elements_share_the_tasks_out_evenly_and_each_runs_its_own(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "echo {i}", Tasks = NodeRun.Numbers(10), Elements = 4 });
        for (int element = 4; element >= 1; element--) Assert.Equal((0, ""), await run.RunAsync(shell, element));
        List<long> ends = [.. run.Events().Where(e => e.Kind == TaskEventKind.End).Select(e => e.TaskId)];
        Assert.Equal([7, 8, 9, 5, 6, 2, 3, 4, 0, 1], ends);
        for (int i = 0; i < 10; i++) Assert.Equal($"{i}\n", run.Log(i));
        Assert.Equal(1, (await run.RunAsync(shell, 5)).Exit);
        Assert.Contains("dispatcher: array 0 has no element 5", run.Notes());
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Preamble_and_command_run_in_the_declared_shell(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "echo \"${BASH_VERSION:+bash} ${array[1]} $(marked) $# $exported\"; pwd",
            Tasks = NodeRun.Numbers(1),
            Shell = "bash",
            Preamble = "array=(one two); marked() { echo marked; }; cd /; export exported=yes",
        });
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal($"bash two marked 0 yes\n{run.Code}\n", run.Log(0));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_failing_preamble_is_no_failure_of_the_command(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "echo ran", Tasks = NodeRun.Numbers(1), Preamble = "echo loading\nfalse" });
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal((TaskState.Failed, "the preamble ended with exit code 1"), (run.Status(0).State, run.Status(0).Reason));
        Assert.Equal("loading\n", run.Log(0));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_missing_shell_or_code_folder_is_the_dispatchers_failure(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun noShell = new(new NodeRunSettings { Command = "true", Tasks = NodeRun.Numbers(2), Shell = "no-such-shell" });
        Assert.Equal(1, (await noShell.RunAsync(shell)).Exit);
        Assert.Equal([TaskState.Failed, TaskState.Failed], noShell.States());
        Assert.Equal("dispatcher: the shell no-such-shell is not on this node", noShell.Status(1).Reason);
        noShell.AssertClean();

        using NodeRun noCode = new("true", 1);
        Directory.Delete(noCode.Code);
        Assert.Equal(1, (await noCode.RunAsync(shell)).Exit);
        Assert.Equal($"dispatcher: the code folder {noCode.Code} cannot be entered", noCode.Status(0).Reason);
        noCode.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_template_puts_results_where_the_client_looks(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "echo {v} >\"$RESULT_DIR/v\"",
            Tasks = new[] { "plain", "it's $HOME", "a/b", "HPC_RESULT_FOLDER='x'" }.Select(v => new Dictionary<string, object?> { ["v"] = v }),
            ResultTemplate = "model {v}/t",
        });
        Assert.Equal((0, ""), await run.RunAsync(shell));
        foreach ((string folder, string value) in new[] { ("plain", "plain"), ("it's%20$HOME", "it's $HOME"), ("a%2Fb", "a/b"), ("HPC_RESULT_FOLDER='x'", "HPC_RESULT_FOLDER='x'") })
            Assert.Equal(value + "\n", File.ReadAllText(Path.Combine(run.Layout.Results, $"model {folder}", "t", "v")));
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Large_values_and_values_by_file_are_there_as_files(string shell)
    {
        NodeShells.Require(shell);
        string large = new string('\u00e9', 100_000) + "'\n";
        using NodeRun run = new(new NodeRunSettings
        {
            Command = "cp {v:file} \"$RESULT_DIR/v\"; [ \"${HPC_KW_V_FILE:+set}\" = set ]; cp \"$HPC_PARAMS\" \"$RESULT_DIR/p\"",
            Tasks = new[] { "small", large, "after" }.Select(v => new Dictionary<string, object?> { ["v"] = v }),
        });
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal(["small", large, "after"], Enumerable.Range(0, 3).Select(i => run.Result(i, "v")));
        Assert.Equal(large, System.Text.Json.JsonDocument.Parse(run.Result(1, "p")).RootElement.GetProperty("v").GetString());
        run.AssertClean();
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_damaged_table_is_noticed_and_gives_no_task_the_wrong_values(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo {i}", 3);
        string index = Path.Combine(run.Layout.Tasks, "tasks.idx");
        string[] lines = File.ReadAllLines(index);
        // Task 1 would get what is left of its record after the first line, and task 0 that line too.
        lines[1] = (long.Parse(lines[1], CultureInfo.InvariantCulture) + 24).ToString(CultureInfo.InvariantCulture).PadLeft(12);
        File.WriteAllLines(index, lines);
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal(TaskState.Failed, run.States()[0]);
        Assert.Equal("dispatcher: its record in the task table could not be read", run.Status(0).Reason);
        Assert.Equal((TaskState.Complete, "2\n"), (run.States()[2], run.Log(2)));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_task_far_into_a_table_of_a_million_rows_is_found(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new(new NodeRunSettings { Command = "echo {i}", Tasks = NodeRun.Numbers(1_000_000), Elements = 500_000 });
        Assert.Equal((0, ""), await run.RunAsync(shell, 499_998));
        Assert.Equal([999_994L, 999_995L], run.Events().Where(e => e.Kind == TaskEventKind.End).Select(e => e.TaskId));
        Assert.Equal("999994\n", run.Log(999_994));
        Assert.Equal("999995\n", run.Log(999_995));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Exported_variables_of_the_node_pass_through_unchanged(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("echo \"$id $state $work $code $word $first\"; env | grep -c '^hpc_' ; true", 1);
        foreach (string name in (string[])["id", "state", "work", "code", "word", "first"]) run.Environment[name] = $"my-{name}";
        Assert.Equal((0, ""), await run.RunAsync(shell));
        Assert.Equal("my-id my-state my-work my-code my-word my-first\n0\n", run.Log(0));
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task Texts_of_events_are_encoded_and_cut_between_characters(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("true", 1);
        Directory.Delete(run.Code);
        string conf = Path.Combine(run.Layout.Root, "run.conf");
        string code = "/no #100% = " + string.Concat(Enumerable.Repeat("\u00e9\U0001F600", 100));
        File.WriteAllText(conf, File.ReadAllText(conf) + $"HPC_CODE_DIR={ShellQuote.Always(code)}\n");
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        string reason = run.Status(0).Reason!;
        Assert.StartsWith(reason, $"dispatcher: the code folder {code} cannot be entered", StringComparison.Ordinal);
        Assert.InRange(reason.Length, 60, 160);
        Assert.DoesNotContain('\uFFFD', reason);
    }

    [SkippableTheory]
    [MemberData(nameof(Shells))]
    public async Task A_task_that_starts_the_dispatcher_of_its_own_run_is_refused(string shell)
    {
        NodeShells.Require(shell);
        using NodeRun run = new("sh ../../runs/run-1/dispatch.sh ../../runs/run-1 0 1 42", 1);
        Assert.Equal(1, (await run.RunAsync(shell)).Exit);
        Assert.Equal(TaskState.Failed, run.States()[0]);
        Assert.Contains("starts the dispatcher of this run", run.Log(0), StringComparison.Ordinal);
    }
}
