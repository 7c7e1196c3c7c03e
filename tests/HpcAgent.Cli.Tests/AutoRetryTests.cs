using System.Text.Json;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cli.Tests;

/// <summary>Unattended runs: whoever waits for a run with a policy sends its failed tasks again, on the embedded scheduler.</summary>
public sealed class AutoRetryTests : IDisposable
{
    private const string Fit = """
        kind=$1
        case $kind in
        slow) [ "$HPC_ATTEMPT" -gt 1 ] || sleep 30 ;;
        big) [ "$HPC_ATTEMPT" -gt 1 ] || { echo MemoryError >&2; exit 1; } ;;
        huge) echo MemoryError >&2; exit 1 ;;
        net) [ "$HPC_ATTEMPT" -gt 1 ] || { echo "curl: (7) Failed to connect to data.example.org port 443: Connection refused" >&2; exit 7; } ;;
        gpu) [ "$HPC_ATTEMPT" -gt 1 ] || { cat gpu.log >&2; exit 1; } ;;
        bug) echo "ValueError: negative step" >&2; exit 3 ;;
        esac
        printf '{"loss": 1}' >"$RESULT_DIR/metrics.json"
        """;

    private readonly Sandbox _sandbox = new();

    public AutoRetryTests() => _sandbox.Write("fit.sh", Fit.ReplaceLineEndings("\n"));

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_run_with_a_policy_is_healed_by_whoever_waits_for_it_and_the_bug_is_left_with_its_name()
    {
        string runId = await _sandbox.StartRunAsync(Spec(true, "good", "slow", "big", "net", "bug"));
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal(("failed", 4L), (end.State, end.Count("complete")));
        JsonElement round = Assert.Single(end.Data.GetProperty("auto_retries").EnumerateArray());
        Assert.Equal((1, "auto-1", 3), (round.GetProperty("round").GetInt32(), round.GetProperty("request_id").GetString(), round.GetProperty("resumed").GetInt32()));
        Assert.Equal(["network:3", "system_oom:2", "walltime:1"], Groups(round));
        Assert.Contains("time limit 1s -> 2s", round.ToString(), StringComparison.Ordinal);
        Assert.Contains(Warnings(end), w => w.Contains("1 x CodeBug: ValueError: negative step", StringComparison.Ordinal));
        Assert.Equal([1, 2, 2, 2, 1], Starts(runId));
        // Asked once more, nothing is sent, and what was done is still told.
        Answer again = await _sandbox.WaitAsync(runId);
        Assert.Single(again.Data.GetProperty("auto_retries").EnumerateArray());
        Assert.Equal([1, 2, 2, 2, 1], Starts(runId));
        Assert.Contains("auto_retry: 3 tasks again", _sandbox.Journal(runId), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_a_policy_ends_with_its_failures_until_a_wait_brings_one()
    {
        string runId = await _sandbox.StartRunAsync(Spec(null, "good", "net"));
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal(("failed", 0, 0), (end.State, end.Data.GetProperty("auto_retries").GetArrayLength(), end.Data.GetProperty("warnings").GetArrayLength()));
        Answer healed = await WaitAsync(runId, "--auto-retry");
        Assert.Equal(("complete", 1), (healed.State, healed.Data.GetProperty("auto_retries").GetArrayLength()));
        // And the other way round.
        string other = await _sandbox.StartRunAsync(Spec(2, "net", "net"));
        Assert.Equal("failed", (await WaitAsync(other, "--auto-retry", "false")).State);
        Assert.Equal([1, 1], Starts(other));
    }

    [Fact]
    public async Task Two_who_wait_at_once_make_one_resumption()
    {
        string runId = await _sandbox.StartRunAsync(Spec(true, "slow", "net", "big"));
        Answer[] ends = await Task.WhenAll(_sandbox.WaitAsync(runId), _sandbox.WaitAsync(runId), _sandbox.WaitAsync(runId));
        Assert.All(ends, end => Assert.True(end.State == "complete", end.Json.ToString()));
        Assert.All(ends, end => Assert.Single(end.Data.GetProperty("auto_retries").EnumerateArray()));
        Assert.Equal([2, 2, 2], Starts(runId));
    }

    [Fact]
    public async Task Caps_for_a_task_and_for_the_run_are_obeyed()
    {
        string each = await _sandbox.StartRunAsync(Spec(new { system_oom = 2 }, "huge"));
        Answer end = await _sandbox.WaitAsync(each);
        Assert.Equal(("failed", 2), (end.State, end.Data.GetProperty("auto_retries").GetArrayLength()));
        Assert.Equal([3], Starts(each));
        Assert.Contains(Warnings(end), w => w.Contains("already sent again 2 times for this cause", StringComparison.Ordinal));

        string all = await _sandbox.StartRunAsync(Spec(new { max_run_retries = 3 }, "huge", "huge"));
        end = await _sandbox.WaitAsync(all);
        Assert.Equal([3, 2], Starts(all));
        Assert.Contains(Warnings(end), w => w.Contains("the 3 retries that its policy allows", StringComparison.Ordinal));
        // Errors of code, where the policy names them.
        string bug = await _sandbox.StartRunAsync(Spec(new { code_bug = 1 }, "bug"));
        _ = await _sandbox.WaitAsync(bug);
        Assert.Equal([2], Starts(bug));
    }

    [Fact]
    public async Task A_run_that_a_person_stopped_stays_stopped()
    {
        string runId = await _sandbox.StartRunAsync(new { command = "sleep 30", tasks = new[] { new { i = 1 }, new { i = 2 }, new { i = 3 } }, auto_retry = true });
        Assert.True(await Sandbox.BecomesTrueAsync(() => Starts(runId).Sum() > 0));
        await _sandbox.StopAsync(runId);
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal(("abandoned", 0), (end.State, end.Data.GetProperty("auto_retries").GetArrayLength()));
    }

    [Fact]
    public async Task A_gpu_that_is_too_small_is_left_with_advice_and_runs_again_where_another_is_named()
    {
        // The end of a log of PyTorch 2.5.
        _sandbox.Write("gpu.log", """
            Traceback (most recent call last):
              File "/home/ada/sweep/train.py", line 41, in <module>
                out = model(batch.cuda())
            torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 15.77 GiB of which 1.32 GiB is free. Including non-PyTorch memory, this process has 14.44 GiB memory in use. Of the allocated memory 13.60 GiB is allocated by PyTorch, and 482.83 MiB is reserved by PyTorch but unallocated.
            """);
        string runId = await _sandbox.StartRunAsync(Spec(true, "good", "gpu"));
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal([1, 1], Starts(runId));
        Assert.Contains(Warnings(end), w => w.Contains("more memory of the host does not help a GPU: name larger ones (constraint, gpu_type, or more gpus)", StringComparison.Ordinal));
        Answer failures = await _sandbox.RunAsync("failures", "--experiment-dir", _sandbox.Experiment, "--run-id", runId);
        Assert.Equal("gpu_oom", failures.Data.GetProperty("clusters")[0].GetProperty("category").GetString());
        JsonElement outlook = failures.Data.GetProperty("auto_retry_policy");
        Assert.True(outlook.GetProperty("active").GetBoolean());
        JsonElement kind = outlook.GetProperty("categories").GetProperty("gpu_oom");
        Assert.Equal((false, 0), (kind.GetProperty("retried").GetBoolean(), kind.GetProperty("remaining_retries").GetInt32()));

        Answer resumed = await _sandbox.RunAsync("resubmit", "--experiment-dir", _sandbox.Experiment, "--spec", _sandbox.WriteSpec(new { run_id = runId, overrides = new { constraint = "a100_80gb" } }));
        Assert.True(resumed.IsOk, resumed.Json.ToString());
        JsonElement group = Assert.Single(resumed.Data.GetProperty("groups").EnumerateArray());
        Assert.Equal(("a100_80gb", "constraint a100_80gb"), (group.GetProperty("constraint").GetString(), group.GetProperty("reason").GetString()));
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
    }

    [Fact]
    public async Task The_failures_say_what_the_policy_does_about_each_kind()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync(Spec(null, "good", "huge", "net", "bug"));
        JsonElement outlook = (await _sandbox.RunAsync("failures", "--experiment-dir", _sandbox.Experiment, "--run-id", runId)).Data.GetProperty("auto_retry_policy");
        Assert.False(outlook.GetProperty("active").GetBoolean());
        Assert.Equal((6, 0, 12), (outlook.GetProperty("max_retries").GetInt32(), outlook.GetProperty("rounds").GetInt32(), outlook.GetProperty("remaining_run_retries").GetInt32()));
        JsonElement memory = outlook.GetProperty("categories").GetProperty("system_oom");
        Assert.Equal((true, 4, 2.0, 4), (memory.GetProperty("retried").GetBoolean(), memory.GetProperty("max_retries").GetInt32(), memory.GetProperty("memory_factor").GetDouble(), memory.GetProperty("remaining_retries").GetInt32()));
        Assert.Equal([1L], memory.GetProperty("eligible_task_ids").EnumerateArray().Select(e => e.GetInt64()));
        Assert.StartsWith("memory 64 MB -> 128 MB", memory.GetProperty("changes")[0].GetString(), StringComparison.Ordinal);
        JsonElement bug = outlook.GetProperty("categories").GetProperty("code_bug");
        Assert.Equal([3L], bug.GetProperty("blocked_task_ids").EnumerateArray().Select(e => e.GetInt64()));
        // Once one retry is used up, one less is left.
        _ = await WaitAsync(runId, "--spec", _sandbox.WriteSpec(new { auto_retry = new { max_run_retries = 2 } }));
        outlook = (await _sandbox.RunAsync("failures", "--experiment-dir", _sandbox.Experiment, "--run-id", runId)).Data.GetProperty("auto_retry_policy");
        Assert.Equal((1, 10), (outlook.GetProperty("rounds").GetInt32(), outlook.GetProperty("remaining_run_retries").GetInt32()));
        Assert.Equal(3, outlook.GetProperty("categories").GetProperty("system_oom").GetProperty("remaining_retries").GetInt32());
    }

    [Theory]
    [InlineData("""{"system_om": 1}""", "Did you mean 'system_oom'?")]
    [InlineData("\"often\"", "auto_retry is neither true, nor a number of retries, nor an object")]
    public async Task A_policy_that_cannot_be_meant_is_refused_before_anything_is_sent(string policy, string words)
    {
        Answer refused = await _sandbox.SubmitAsync($$"""{"command": "true", "tasks": [{"i": 1}], "auto_retry": {{policy}}}""");
        Assert.Equal("spec_invalid", refused.Json.GetProperty("error_code").GetString());
        Assert.Contains(words, refused.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_there_keeps_its_policy_and_that_is_said()
    {
        string runId = await _sandbox.StartRunAsync(Spec(null, "good"));
        Answer same = await _sandbox.SubmitAsync(Spec(true, "good"));
        Assert.Equal(runId, same.RunId);
        Assert.Contains(Warnings(same), w => w.Contains("keeps the auto_retry that it was submitted with", StringComparison.Ordinal));
    }

    private static object Spec(object? policy, params string[] kinds) => new
    {
        command = "sh fit.sh {kind}",
        tasks = kinds.Select((kind, i) => new { kind, i }),
        walltime = "1s",
        memory = "64M",
        auto_retry = policy,
    };

    private static string[] Groups(JsonElement round) =>
        [.. round.GetProperty("groups").EnumerateArray().Select(g => $"{g.GetProperty("category").GetString()}:{string.Join(',', g.GetProperty("task_ids").EnumerateArray())}").Order(StringComparer.Ordinal)];

    private static string[] Warnings(Answer answer) => [.. answer.Data.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];

    // How often each task was started.
    private int[] Starts(string runId)
    {
        TaskEvent[] starts = [.. _sandbox.Events(runId).Where(e => e.Kind == TaskEventKind.Start)];
        return [.. starts.Select(e => e.TaskId).Distinct().Order().Select(id => starts.Count(e => e.TaskId == id))];
    }

    private Task<Answer> WaitAsync(string runId, params string[] more) =>
        _sandbox.RunAsync(["monitor-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", runId, "--poll-interval-seconds", "0.1", "--wall-clock-budget-seconds", "90", .. more]);
}
