using System.Text.Json;
using System.Text.Json.Nodes;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>What a task finds and what is recorded of it.</summary>
public sealed class TaskContractTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    /// <summary>With shells that fork their successors, and with a new shell for each task as where orphans cannot be inherited.</summary>
    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public async Task Exit_codes_and_signals_are_told_apart_in_the_events(string fork)
    {
        _sandbox.Environment["HPC_LOCAL_FORK"] = fork;
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "eval \"$HPC_KW_ACT\"",
            tasks = new[]
            {
                new { act = "exit 0" }, new { act = "exit 3" }, new { act = "exec sh -c 'kill -9 $$'" }, new { act = "exec sh -c 'kill -15 $$'" },
                new { act = "exit 143" }, new { act = "no-such-program-at-all" },
            },
        });
        Assert.Equal("failed", end.State);
        Assert.Equal((0, null), Of(0));
        Assert.Equal((3, null), Of(1));
        Assert.Equal((null, 9), Of(2));
        Assert.Equal((null, 15), Of(3));
        Assert.Equal((143, null), Of(4));
        Assert.Equal((127, null), Of(5));
        Assert.Equal(TaskState.Complete, _sandbox.End(runId, 0).State);
        Assert.All(Enumerable.Range(1, 5), id => Assert.Equal(TaskState.Failed, _sandbox.End(runId, id).State));
        // 143 may be a signal that a shell in between turned into a code: said as a guess.
        Assert.Contains("probably signal 15", _sandbox.End(runId, 4).Text, StringComparison.Ordinal);

        (int?, int?) Of(long id) => (_sandbox.End(runId, id).ExitCode, _sandbox.End(runId, id).Signal);
    }

    /// <summary>A shell that forks its successor must not wait for that one too.</summary>
    [Theory]
    [InlineData("1", "sh")]
    [InlineData("1", "bash")]
    [InlineData("0", "bash")]
    public async Task A_command_may_wait_for_all_that_it_has_started(string fork, string shell)
    {
        _sandbox.Environment["HPC_LOCAL_FORK"] = fork;
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(
            new { command = "sleep 0.1 & wait; echo {i}; exit {i}", shell, tasks = new[] { new { i = 0 }, new { i = 1 }, new { i = 2 } } }, seconds: 30);
        Assert.Equal("failed", end.State);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(id => _sandbox.End(runId, id).ExitCode));
    }

    [Fact]
    public async Task Peak_memory_is_that_of_the_largest_process_of_the_task()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "head -c {size} /dev/zero | tail -c {size} | wc -c",
            tasks = new[] { new { size = 80_000_000 }, new { size = 10 } },
        });
        Assert.Equal("complete", end.State);
        Assert.InRange(_sandbox.End(runId, 0).PeakMemoryBytes!.Value, 80_000_000, 200_000_000);
        Assert.InRange(_sandbox.End(runId, 1).PeakMemoryBytes!.Value, 100_000, 40_000_000);
    }

    [Fact]
    public async Task Every_variable_of_the_contract_is_set_and_HPC_PARAMS_equals_the_parameters()
    {
        const string tasks = """
            [{"lr": 1e-05, "n": 9007199254740993, "name": "it's \"ä\" \n$x", "flag": true, "none": null, "list": [1, 2.5, {"a": []}], "zero": -0.0},
             {"lr": 0.1, "n": -1, "name": "", "flag": false, "none": null, "list": [], "zero": 1e300}]
            """;
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(
            $$$"""{"command": "cat \"$HPC_PARAMS\" > \"$RESULT_DIR/params.json\"; env -0 > \"$RESULT_DIR/env\"; pwd > \"$RESULT_DIR/pwd\"", "tasks": {{{tasks}}}}""");
        Assert.Equal("complete", end.State);
        JsonArray wanted = JsonNode.Parse(tasks)!.AsArray();
        for (int id = 0; id < 2; id++)
        {
            string results = _sandbox.Results(runId, id);
            JsonNode seen = JsonNode.Parse(File.ReadAllText(Path.Combine(results, "params.json")))!;
            Assert.Equal(wanted[id]!["n"]!.ToJsonString(), seen["n"]!.ToJsonString());
            Assert.Equal((double)wanted[id]!["lr"]!, (double)seen["lr"]!);
            Assert.Equal(BitConverter.DoubleToInt64Bits((double)wanted[id]!["zero"]!), BitConverter.DoubleToInt64Bits((double)seen["zero"]!));
            Assert.Equal((string)wanted[id]!["name"]!, (string)seen["name"]!);
            Assert.True(JsonNode.DeepEquals(wanted[id]!["list"], seen["list"]));
            Assert.Equal(["lr", "n", "name", "flag", "none", "list", "zero"], seen.AsObject().Select(p => p.Key));
            Dictionary<string, string> environment = File.ReadAllText(Path.Combine(results, "env")).Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Select(e => e.Split('=', 2)).ToDictionary(e => e[0], e => e[1]);
            Assert.Equal(id.ToString(), environment["HPC_TASK_ID"]);
            Assert.Equal("2", environment["HPC_TASK_COUNT"]);
            Assert.Equal("1", environment["HPC_ATTEMPT"]);
            Assert.Equal(runId, environment["HPC_RUN_ID"]);
            Assert.Equal(_sandbox.Work(runId, id), environment["RESULT_DIR"]);
            Assert.Equal((string)wanted[id]!["name"]!, environment["HPC_KW_NAME"]);
            Assert.Equal(id == 0 ? "1e-05" : "0.1", environment["HPC_KW_LR"]);
            Assert.Equal(wanted[id]!["n"]!.ToJsonString(), environment["HPC_KW_N"]);
            Assert.True(JsonNode.DeepEquals(wanted[id]!["list"], JsonNode.Parse(environment["HPC_KW_LIST"])));
            Assert.DoesNotContain(environment.Keys, name => name.StartsWith("hpc_", StringComparison.Ordinal));
            Assert.StartsWith(Path.Combine(_sandbox.Experiment, ".hpc", "snapshots"), File.ReadAllText(Path.Combine(results, "pwd")), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_user_s_variables_reach_the_tasks_and_one_task_s_do_not_reach_the_next()
    {
        _sandbox.Environment["FROM_THE_SHELL"] = "a b\n'c'";
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "printf '%s|%s|%s' \"$FROM_THE_SHELL\" \"$MINE\" \"${HPC_KW_ONLY-unset}\"; export MINE=changed; cd /",
             "env": {"MINE": "x,y=$z"}, "max_concurrent": 1, "tasks": [{"i": 0, "only": "first"}, {"i": 1}]}
            """);
        Assert.Equal("complete", end.State);
        Assert.Equal("a b\n'c'|x,y=$z|first", await _sandbox.LogAsync(runId, 0));
        Assert.Equal("a b\n'c'|x,y=$z|unset", await _sandbox.LogAsync(runId, 1));
    }

    [Fact]
    public async Task An_edit_after_the_submission_does_not_change_what_runs()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        _sandbox.Write("code.txt", "old");
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "while ! [ -e {go} ]; do sleep 0.05; done; cat code.txt",
            tasks = new[] { new { go } },
        });
        _sandbox.Write("code.txt", "new");
        File.WriteAllText(go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
        Assert.Equal("old", await _sandbox.LogAsync(runId, 0));
    }

    [Fact]
    public async Task A_command_that_names_its_own_process_gets_a_number_of_its_own()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "echo $$; kill -0 $$ && test -d /proc/$$", "tasks": [{"i": 0}, {"i": 1}, {"i": 2}]}
            """);
        Assert.Equal("complete", end.State);
        string[] pids = await Task.WhenAll(Enumerable.Range(0, 3).Select(i => _sandbox.LogAsync(runId, i)));
        Assert.Equal(3, pids.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task The_preamble_runs_before_the_tasks_in_the_declared_shell_and_its_failure_is_named()
    {
        _sandbox.Write("code.txt", "here");
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "echo $GREETING ${BASH_VERSION:+bash}; test -e code.txt", "preamble": "shopt -s extglob; export GREETING=hello; cd /", "shell": "/bin/bash", "tasks": [{"i": 0}, {"i": 1}]}
            """);
        Assert.Equal("complete", end.State);
        Assert.Equal("hello bash\n", await _sandbox.LogAsync(runId, 1));

        (_, Answer failed) = await _sandbox.SubmitAndWaitAsync("""{"command": "true", "preamble": "false", "tasks": [{"i": 0}]}""");
        Assert.Equal("failed", failed.State);
        string reason = failed.Data.GetProperty("last_status").GetProperty("newest_failures")[0].GetProperty("reason").GetString()!;
        Assert.Contains("preamble", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_tasks_keep_the_contract_through_many_generations_of_shells()
    {
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync(new
        {
            command = "echo \"{{\\\"id\\\": $HPC_TASK_ID, \\\"i\\\": {i}}}\" > \"$RESULT_DIR/metrics.json\"; echo log of {i}",
            tasks = Enumerable.Range(0, 450).Select(i => new { i }).ToArray(),
        });
        Assert.Equal("complete", end.State);
        Assert.Equal(450, end.Count("complete"));
        Assert.Equal(Enumerable.Range(0, 450).Select(i => (long)i), _sandbox.Events(runId).Where(e => e.Kind == TaskEventKind.End).Select(e => e.TaskId).Order());
        JsonElement aggregate = await _sandbox.AggregateAsync(runId);
        Assert.True(aggregate.GetProperty("complete").GetBoolean());
        Assert.All(aggregate.GetProperty("groups").EnumerateArray(), g => Assert.Equal(
            g.GetProperty("key").GetProperty("i").GetInt64(), g.GetProperty("metrics").GetProperty("id").GetProperty("mean").GetDouble()));
        Assert.Equal("log of 449\n", await _sandbox.LogAsync(runId, 449));
        // Nothing is left of the work folders and the single logs.
        Assert.DoesNotContain(Directory.EnumerateDirectories(Path.Combine(_sandbox.Layout(runId).Results, "0")), d => Path.GetFileName(d).StartsWith("_wip_", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_sandbox.Layout(runId).Logs, "0")));
    }
}
