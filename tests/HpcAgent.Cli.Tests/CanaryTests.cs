using System.Text.Json;

namespace HpcAgent.Cli.Tests;

/// <summary>One real task before all others, on the embedded scheduler, as programs ask for it.</summary>
public sealed class CanaryTests : IDisposable
{
    private const string Metrics = """echo "task {i}"; echo "{{\"loss\": 1}}" > "$RESULT_DIR/metrics.json" """;

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task The_run_follows_a_canary_that_passed_and_takes_what_it_needed()
    {
        Answer sent = await _sandbox.SubmitAsync(Spec(Metrics));
        Assert.True(sent.IsOk, sent.Json.ToString());
        Assert.True(sent.Data.GetProperty("main_launched").GetBoolean());
        Assert.Equal(sent.RunId + "-canary", CanaryOf(sent));
        Assert.Single(sent.Data.GetProperty("canary_job_ids").EnumerateArray());
        JsonElement canary = sent.Data.GetProperty("canary");
        Assert.Equal(("send", true), (canary.GetProperty("action").GetString(), canary.GetProperty("ok").GetBoolean()));
        Assert.Equal("task 0\n", canary.GetProperty("stderr_tail").GetString());
        Assert.Equal(64, canary.GetProperty("metrics_fingerprint").GetString()!.Length);
        string assumptions = sent.Data.GetProperty("plan").GetProperty("assumptions").ToString();
        Assert.Contains($"the canary {CanaryOf(sent)} took", assumptions, StringComparison.Ordinal);
        Assert.Contains("a task may take 6m: twice", assumptions, StringComparison.Ordinal);
        Assert.Contains("a task asks for 320M of memory", assumptions, StringComparison.Ordinal);
        Assert.Equal("complete", (await _sandbox.WaitAsync(sent.RunId)).State);
        Assert.Equal(1, Attempts(CanaryOf(sent)));
        Assert.Equal(6, Attempts(sent.RunId));

        Answer again = await _sandbox.SubmitAsync(Spec(Metrics));
        Assert.Equal((sent.RunId, true), (again.RunId, again.Data.GetProperty("deduped").GetBoolean()));
        Assert.Equal("skip", again.Data.GetProperty("canary").GetProperty("action").GetString());
        Assert.Equal(2, RunCount());
    }

    [Fact]
    public async Task A_canary_that_failed_keeps_the_run_back_and_a_new_one_is_sent_when_it_is_asked_again()
    {
        object spec = Spec($"[ -f '{Path.Combine(_sandbox.Root, "mended")}' ] || {{{{ echo not yet; exit 7; }}}}; {Metrics}");
        Answer failed = await _sandbox.SubmitAsync(spec);
        Assert.Equal((2, "remote_command_failed"), (failed.ExitCode, failed.ErrorCode));
        Assert.Contains("exit code 7", failed.Message, StringComparison.Ordinal);
        Assert.Contains("not yet", failed.Message, StringComparison.Ordinal);
        Assert.Contains("was not submitted", failed.Message, StringComparison.Ordinal);
        JsonElement features = failed.Json.GetProperty("failure_features");
        Assert.Equal(("command_failed", 7), (features.GetProperty("failure_kind").GetString(), features.GetProperty("exit_code").GetInt32()));
        string first = features.GetProperty("canary_run_id").GetString()!;
        Assert.Equal(1, RunCount());

        Answer judged = await VerifyAsync(first);
        Assert.Equal((2, true, false), (judged.ExitCode, judged.IsOk, judged.Data.GetProperty("ok").GetBoolean()));
        Assert.Equal("command_failed", judged.Data.GetProperty("failure_kind").GetString());

        File.WriteAllText(Path.Combine(_sandbox.Root, "mended"), "");
        Answer sent = await _sandbox.SubmitAsync(spec);
        Assert.True(sent.IsOk, sent.Json.ToString());
        Assert.NotEqual(first, CanaryOf(sent));
        Assert.Equal(3, RunCount());
    }

    [Fact]
    public async Task A_canary_alone_is_judged_by_verify_canary_and_then_stands_for_the_run()
    {
        Answer alone = await _sandbox.SubmitAsync(Spec(Metrics, ("canary_only", true)));
        Assert.False(alone.Data.GetProperty("main_launched").GetBoolean());
        Assert.Equal(0, alone.Data.GetProperty("job_ids").GetArrayLength());
        Answer judged = await VerifyAsync(CanaryOf(alone), "--expect-output", "metrics.json", "/etc/passwd");
        Assert.Equal((0, true), (judged.ExitCode, judged.Data.GetProperty("ok").GetBoolean()));
        Assert.Equal(360, judged.Data.GetProperty("suggested_resources").GetProperty("walltime_sec").GetInt32());
        Assert.Equal(JsonValueKind.Null, judged.Data.GetProperty("failure_kind").ValueKind);
        Answer missing = await VerifyAsync(CanaryOf(alone), "--expect-output", "metrics.json", "no/such.pt");
        Assert.Equal((2, "missing_output"), (missing.ExitCode, missing.Data.GetProperty("failure_kind").GetString()));
        Assert.Contains("no/such.pt", missing.Data.GetProperty("details").GetString(), StringComparison.Ordinal);

        Answer sent = await _sandbox.SubmitAsync(Spec(Metrics));
        Assert.Equal(("reuse", CanaryOf(alone)), (sent.Data.GetProperty("canary").GetProperty("action").GetString(), CanaryOf(sent)));
        Assert.Equal(alone.RunId, sent.RunId);
        Assert.Equal(sent.RunId + "-canary", CanaryOf(sent));
        Assert.Equal(2, RunCount());
    }

    [Fact]
    public async Task Whoever_stopped_waiting_goes_on_with_the_same_canary()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string command = $"until [ -f '{go}' ]; do sleep 0.1; done; {Metrics}";
        Answer waited = await _sandbox.SubmitAsync(Spec(command, ("canary_wait_budget_sec", 0.3)));
        Assert.Equal((2, "cluster_timeout", true), (waited.ExitCode, waited.ErrorCode, waited.Json.GetProperty("retry_safe").GetBoolean()));
        string canary = waited.Json.GetProperty("failure_features").GetProperty("canary_run_id").GetString()!;
        Answer verdict = await VerifyAsync(canary, "--wait-budget-sec", "0");
        Assert.Equal("timeout", verdict.Data.GetProperty("failure_kind").GetString());
        Assert.Equal(1, RunCount());
        File.WriteAllText(go, "");
        Answer sent = await _sandbox.SubmitAsync(Spec(command, ("canary_wait_budget_sec", 60)));
        Assert.True(sent.IsOk, sent.Json.ToString());
        Assert.Equal(canary, CanaryOf(sent));
        Assert.Equal(2, RunCount());
    }

    [Theory]
    [InlineData("intent")]
    [InlineData("queued")]
    [InlineData("submitted")]
    public async Task A_client_killed_while_it_sends_the_canary_and_started_again_sends_no_second_one(string step)
    {
        string spec = _sandbox.WriteSpec(Spec(Metrics));
        (int exit, _, _) = await _sandbox.StartAsync(Sandbox.FaultClient, _sandbox.Experiment, Sandbox.CliFolder, spec, step);
        Assert.Equal(137, exit);
        Assert.Equal(1, RunCount());
        Answer sent = await _sandbox.RunAsync("submit-flow", "--experiment-dir", _sandbox.Experiment, "--spec", spec);
        Assert.True(sent.IsOk, sent.Json.ToString());
        Assert.Equal(2, RunCount());
        Assert.Equal(sent.RunId + "-canary", CanaryOf(sent));
        Assert.Equal(1, Attempts(CanaryOf(sent)));
    }

    [Fact]
    public async Task A_canary_of_which_every_trace_is_gone_is_not_judged_and_a_new_one_is_sent_only_if_that_is_forced()
    {
        string go = Path.Combine(_sandbox.Root, "go");
        string command = $"until [ -f '{go}' ]; do sleep 0.1; done; {Metrics}";
        Answer alone = await _sandbox.SubmitAsync(Spec(command, ("canary_only", true)));
        Assert.True(await Sandbox.BecomesTrueAsync(() => Attempts(CanaryOf(alone)) > 0));
        _sandbox.KillSupervisor();
        foreach (string entry in Directory.GetFiles(Path.Combine(_sandbox.LocalFolder, "queue"))) File.Delete(entry);
        Answer judged = await VerifyAsync(CanaryOf(alone), "--poll-interval-sec", "0.1");
        Assert.Equal((2, "unable_to_verify"), (judged.ExitCode, judged.Data.GetProperty("failure_kind").GetString()));
        Assert.Equal("unable_to_verify", judged.State);
        Answer live = await _sandbox.RunAsync("list-in-flight", "--experiment-dir", _sandbox.Experiment);
        Assert.Single(live.Data.GetProperty("runs").EnumerateArray());
        File.WriteAllText(go, "");
        Answer again = await _sandbox.SubmitAsync(Spec(command, ("canary_only", true)));
        Assert.Equal(("resume", CanaryOf(alone)), (again.Data.GetProperty("canary").GetProperty("action").GetString(), CanaryOf(again)));
        Answer forced = await _sandbox.SubmitAsync(Spec(command, ("force_canary", true)));
        Assert.True(forced.IsOk, forced.Json.ToString());
        Assert.NotEqual(CanaryOf(alone), CanaryOf(forced));
    }

    [Fact]
    public async Task Few_tasks_go_without_and_a_canary_of_today_is_not_sent_twice_unless_it_is_forced()
    {
        Answer few = await _sandbox.SubmitAsync(Spec(Metrics, ("canary_skip_threshold", 6)));
        Assert.Equal("skip", few.Data.GetProperty("canary").GetProperty("action").GetString());
        Assert.Contains(few.Warnings, w => w.Contains("6 tasks", StringComparison.Ordinal));
        Assert.Equal(1, RunCount());

        Answer forced = await _sandbox.SubmitAsync(Spec(Metrics, 7, ("canary_skip_threshold", 10), ("force_canary", true)));
        Assert.Equal("send", forced.Data.GetProperty("canary").GetProperty("action").GetString());
        Answer more = await _sandbox.SubmitAsync(Spec(Metrics, 8));
        Assert.Equal(("reuse", CanaryOf(forced)), (more.Data.GetProperty("canary").GetProperty("action").GetString(), CanaryOf(more)));
        Assert.NotEqual(forced.RunId, more.RunId);
        _sandbox.Environment["HPC_CANARY_TTL_SEC"] = "0";
        Answer old = await _sandbox.SubmitAsync(Spec(Metrics, 9));
        Assert.NotEqual(CanaryOf(forced), CanaryOf(old));
        _sandbox.Environment["HPC_CANARY_TTL_SEC"] = "3600";
        _sandbox.Environment["HPC_AGENT_ALWAYS_CANARY"] = "1";
        Answer always = await _sandbox.SubmitAsync(Spec(Metrics, 3, ("canary", null)));
        Assert.Equal("send", always.Data.GetProperty("canary").GetProperty("action").GetString());
        Assert.DoesNotContain(CanaryOf(always), new[] { CanaryOf(forced), CanaryOf(old) });
        Answer none = await _sandbox.SubmitAsync(Spec(Metrics, 2, ("canary", false)));
        Assert.False(none.Data.TryGetProperty("canary", out _));
        _sandbox.Environment["HPC_CANARY_TTL_SEC"] = "soon";
        Assert.Equal("config_invalid", (await _sandbox.SubmitAsync(Spec(Metrics, 10))).ErrorCode);
    }

    [Fact]
    public async Task A_run_that_asks_for_less_than_its_canary_needed_is_refused_with_both_numbers()
    {
        Answer alone = await _sandbox.SubmitAsync(Spec(Metrics, ("canary_only", true)));
        Assert.Equal(0, (await VerifyAsync(CanaryOf(alone))).ExitCode);
        Answer refused = await _sandbox.SubmitAsync(Spec(Metrics, ("memory", "100K")));
        Assert.Equal((1, "spec_invalid"), (refused.ExitCode, refused.ErrorCode));
        Assert.Matches("needed [0-9]+M of memory, and 1M is asked for", refused.Message);
        Assert.Equal(1, RunCount());
        Answer given = await _sandbox.SubmitAsync(Spec(Metrics, ("memory", "500M"), ("walltime", "10m")));
        Assert.DoesNotContain("twice", given.Data.GetProperty("plan").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_chosen_task_is_sent_and_a_run_of_several_tasks_is_no_canary()
    {
        Answer sent = await _sandbox.SubmitAsync(Spec(Metrics, ("canary_task", 4), ("run_id", "mine")));
        Assert.Equal(("mine", "mine-canary"), (sent.RunId, CanaryOf(sent)));
        Assert.Equal("task 4\n", sent.Data.GetProperty("canary").GetProperty("stderr_tail").GetString());
        Answer several = await VerifyAsync("mine");
        Assert.Equal("spec_invalid", several.ErrorCode);
        Assert.Contains("6 tasks", several.Message, StringComparison.Ordinal);
        Assert.Equal("spec_invalid", (await VerifyAsync("nobody-canary")).ErrorCode);
    }

    [Fact]
    public async Task Memory_of_all_processes_of_a_task_together_is_measured()
    {
        // Each of four holds 30 MB in a variable.
        const string hold = "v=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 3";
        Answer alone = await _sandbox.SubmitAsync(Spec($"for n in 1 2 3 4; do ( {hold} ) & done; wait", ("canary_only", true)));
        Answer judged = await VerifyAsync(CanaryOf(alone));
        long peak = judged.Data.GetProperty("failure_features").GetProperty("peak_memory_bytes").GetInt64();
        Assert.True(peak > 100_000_000, $"{peak} bytes");
    }

    private static Dictionary<string, object?> Spec(string command, params (string Name, object? Value)[] more) => Spec(command, 6, more);

    private static Dictionary<string, object?> Spec(string command, int tasks, params (string Name, object? Value)[] more)
    {
        Dictionary<string, object?> spec = new(StringComparer.Ordinal)
        {
            ["command"] = command,
            ["canary"] = true,
            ["tasks"] = Enumerable.Range(0, tasks).Select(i => new { i }),
        };
        foreach ((string name, object? value) in more)
        {
            if (value is null) _ = spec.Remove(name);
            else spec[name] = value;
        }
        return spec;
    }

    private static string CanaryOf(Answer answer) => answer.Data.GetProperty("canary_run_id").GetString()!;

    private Task<Answer> VerifyAsync(string canary, params string[] more) =>
        _sandbox.RunAsync(["verify-canary", "--experiment-dir", _sandbox.Experiment, "--canary-run-id", canary, .. more]);

    private int RunCount() => Directory.GetFiles(Path.Combine(_sandbox.Experiment, ".hpc", "runs"), "*.json").Length;

    private int Attempts(string runId) =>
        Directory.Exists(_sandbox.Layout(runId).Events) ? _sandbox.Events(runId).Count(e => e.Kind == Engine.Monitoring.TaskEventKind.Start) : 0;
}
