using System.Text.Json;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>Why tasks of real runs on this machine failed, by the command line.</summary>
public sealed class FailureTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Planted_causes_are_found_each_with_what_its_tasks_have_in_common()
    {
        _sandbox.Write("task.sh", """
            if [ "$1" = 256 ]; then echo "RuntimeError: CUDA out of memory. Tried to allocate $2.00 MiB (GPU 0)"; exit 1; fi
            if [ "$2" = 5 ]; then kill -SEGV $$; fi
            if [ "$2" -ge 9 ]; then cat "/data/part-$1-$2.csv" || exit; fi
            echo '{"x": 1}' >"$RESULT_DIR/metrics.json"
            """);
        (string runId, Answer end) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "sh task.sh {batch} {seed}", "task_generator": {"kind": "cartesian_product", "params": {"axes": {"batch": [32, 64, 128, 256], "seed": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}}}}
            """);
        Assert.Equal("failed", end.State);
        JsonElement data = (await FailuresAsync(runId)).Data;
        Assert.Equal(19, data.GetProperty("failed_count").GetInt64());
        JsonElement[] groups = [.. data.GetProperty("clusters").EnumerateArray()];
        Assert.Equal(["gpu_oom 10", "file_not_found 6", "segv 3"], groups.Select(g => $"{g.GetProperty("category").GetString()} {g.GetProperty("count").GetInt64()}"));
        Assert.StartsWith("all 10 have batch=256 (p ", groups[0].GetProperty("common").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("all 6 have seed>=9, 2 of 34 others (p ", groups[1].GetProperty("common").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("all 3 have seed=5, 1 of 37 others (p ", groups[2].GetProperty("common").GetString(), StringComparison.Ordinal);
        Assert.Equal("RuntimeError: CUDA out of memory. Tried to allocate <n> MiB (GPU 0)", groups[0].GetProperty("cause").GetString());
        Assert.Equal(10, groups[0].GetProperty("variant_count").GetInt64());
        Assert.Contains("CUDA out of memory", groups[0].GetProperty("exemplar").GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.Equal(256, groups[0].GetProperty("exemplar").GetProperty("params").GetProperty("batch").GetInt64());
        Assert.NotEmpty(groups[0].GetProperty("suggested_action").GetString()!);
        Assert.Equal(0, data.GetProperty("unread_logs").GetInt64());
        Assert.Equal("local", data.GetProperty("scheduler").GetString());

        JsonElement[] one = [.. (await FailuresAsync(runId, "--task-id", "4", "--include-log")).Data.GetProperty("clusters").EnumerateArray()];
        Assert.Equal("segv", Assert.Single(one).GetProperty("category").GetString());
        Assert.Equal([4, 14, 24], one[0].GetProperty("logs").EnumerateArray().Select(l => l.GetProperty("task_id").GetInt64()));
    }

    [Fact]
    public async Task A_task_over_its_time_is_no_preemption_and_the_other_way_round()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "echo 'DUE TO PREEMPTION'; [ {i} = 1 ] || sleep 60; echo 'DUE TO TIME LIMIT'; exit 3", "tasks": [{"i": 0}, {"i": 1}], "walltime": "2s"}
            """);
        JsonElement[] groups = [.. (await FailuresAsync(runId)).Data.GetProperty("clusters").EnumerateArray()];
        Assert.Contains(groups, g => g.GetProperty("error_class").GetString() == "walltime" && g.GetProperty("task_ids")[0].GetInt64() == 0);
        Assert.Equal(2, groups.Length);
    }

    [Fact]
    public async Task Rules_of_the_experiment_count_and_mistakes_in_them_are_said_before_anything_is_asked()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync("""{"command": "echo 'mesh 7 is open'; exit 9", "tasks": [{"i": 0}]}""");
        Assert.Equal("unknown", await CategoryAsync(runId));
        _sandbox.Write(".hpc/failure-rules.yaml", "- name: mesh\n  category: file_not_found\n  pattern: mesh [0-9]+ is open\n  remedy: Close the mesh.\n");
        Assert.Equal("file_not_found", await CategoryAsync(runId));
        _sandbox.Write(".hpc/failure-rules.yaml", "- name: mesh\n  category: file_not_fund\n  pattern: x\n  remedy: y\n");
        Answer wrong = await FailuresAsync(runId);
        Assert.Equal("config_invalid", wrong.Json.GetProperty("error_code").GetString());
        Assert.Contains("failure-rules.yaml:2:13: there is no category 'file_not_fund'. Did you mean 'file_not_found'?", wrong.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_without_failures_has_no_groups()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 0}]}""");
        JsonElement data = (await FailuresAsync(runId)).Data;
        Assert.Equal((0, 0, "no task has failed"), (data.GetProperty("failed_count").GetInt32(), data.GetProperty("clusters").GetArrayLength(), data.GetProperty("note").GetString()));
        Assert.Equal("spec_invalid", (await FailuresAsync(runId, "--task-id", "5")).Json.GetProperty("error_code").GetString());
    }

    [Fact]
    public async Task A_log_that_is_binary_huge_or_deleted_is_no_trouble()
    {
        (string runId, _) = await _sandbox.SubmitAndWaitAsync("""
            {"command": "case {i} in 0) head -c 3000000 /dev/urandom ;; 1) head -c 3000000 /dev/zero | tr '\\\\0' x ;; esac; exit 7", "tasks": [{"i": 0}, {"i": 1}, {"i": 2}]}
            """);
        File.Delete(_sandbox.Layout(runId).TaskLog(2, 1));
        JsonElement data = (await FailuresAsync(runId)).Data;
        Assert.Equal(3, data.GetProperty("failed_count").GetInt64());
        Assert.Contains(data.GetProperty("clusters").EnumerateArray(), g => g.GetProperty("category").GetString() == "log_missing");
    }

    private async Task<string?> CategoryAsync(string runId) => (await FailuresAsync(runId)).Data.GetProperty("clusters")[0].GetProperty("category").GetString();

    private Task<Answer> FailuresAsync(string runId, params string[] more) =>
        _sandbox.RunAsync(["failures", "--experiment-dir", _sandbox.Experiment, "--run-id", runId, .. more]);
}
