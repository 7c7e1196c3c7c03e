using System.Text.Json;

namespace HpcAgent.Cli.Tests;

/// <summary>Aggregates that are kept, checked and made again, and reducers of the user's own.</summary>
public sealed class AggregationTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_kept_aggregate_is_verified_and_comes_out_the_same_without_journal_and_results()
    {
        string run = await RunAsync();
        JsonElement first = (await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", run, "--keep-waves")).Data;
        Assert.False(first.GetProperty("aggregate").GetProperty("is_partial").GetBoolean());
        Answer verified = await VerifyAsync("--run-id", run);
        Assert.Equal((0, true), (verified.ExitCode, verified.Data.GetProperty("ok").GetBoolean()));
        foreach (string key in (string[])["all_waves_combined", "all_tasks_present", "provenance_present"]) Assert.True(verified.Data.GetProperty(key).GetBoolean(), key);
        Assert.Equal(first.GetProperty("aggregate").GetProperty("input_digest").GetString(), verified.Data.GetProperty("computed_digest").GetString());
        Assert.Equal(0, verified.Data.GetProperty("unexpected_aggregated_keys").GetArrayLength() + verified.Data.GetProperty("missing_waves").GetArrayLength());

        string archive = Path.Combine(_sandbox.Root, "archive");
        Directory.Move(Path.Combine(_sandbox.Experiment, "_aggregated", run), archive);
        Directory.Delete(Path.Combine(_sandbox.Experiment, ".hpc"), recursive: true);
        _sandbox.Environment["HPC_JOURNAL_DIR"] = Path.Combine(_sandbox.Root, "nothing");
        JsonElement again = (await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--waves-dir", archive, "--dry-run")).Data;
        Assert.Equal(first.GetProperty("aggregate").GetRawText(), again.GetProperty("aggregate").GetRawText());
        Assert.False(Directory.Exists(Path.Combine(_sandbox.Root, "nothing")));
        Assert.Equal(0, (await VerifyAsync("--combiner-dir", archive)).ExitCode);
        string wave = Directory.GetFiles(Path.Combine(archive, "waves"), "*.ndjson").First();
        File.WriteAllText(wave, File.ReadAllText(wave).Replace("0.5", "0.6", StringComparison.Ordinal));
        Answer changed = await VerifyAsync("--combiner-dir", archive);
        Assert.Equal((2, true, false), (changed.ExitCode, changed.IsOk, changed.Data.GetProperty("ok").GetBoolean()));
        Answer other = await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--waves-dir", archive, "--run-id", "other");
        Assert.Equal((1, "spec_invalid"), (other.ExitCode, other.ErrorCode));
    }

    [Fact]
    public async Task A_partial_aggregate_says_so_and_what_is_missing_is_named()
    {
        string run = await RunAsync("[ {i} != 1 ] && ");
        JsonElement aggregate = (await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", run)).Data.GetProperty("aggregate");
        Assert.Equal((true, 1L), (aggregate.GetProperty("is_partial").GetBoolean(), aggregate.GetProperty("missing_count").GetInt64()));
        Answer verified = await VerifyAsync("--run-id", run);
        Assert.Equal((2, "[1]", "[0]"), (verified.ExitCode, verified.Data.GetProperty("missing_tasks").GetRawText(), verified.Data.GetProperty("missing_waves").GetRawText()));
        // What is there is what was reduced.
        Assert.Contains(verified.Data.GetProperty("invariants").EnumerateArray(), i => i.GetProperty("name").GetString() == "digest" && i.GetProperty("state").GetString() == "held");
        Assert.Equal(1, (await VerifyAsync()).ExitCode);
    }

    [SkippableFact]
    public async Task What_tasks_leave_that_is_no_metrics_is_told_from_results_and_archive_alike()
    {
        Skip.If(OperatingSystem.IsWindows(), "Tasks make pipes and links.");
        _sandbox.Write("task.sh", """
            cd "$RESULT_DIR"
            case $1 in
              0) echo '{"x": 1}' >metrics.json ;;
              1) echo '{"x": }' >metrics.json ;;
              2) echo '{"x": 2, "n_samples": -1}' >metrics.json ;;
              3) echo '{}' >metrics.json; truncate -s 1G metrics.json ;;
              4) echo '{"x": 1e999}' >metrics.json ;;
              # What is empty, a folder, a pipe or a link is not taken into the results.
              5) : >metrics.json ;;
              6) mkdir metrics.json ;;
              7) mkfifo metrics.json ;;
              8) echo '{"x": 9}' >real.json; ln -s real.json metrics.json ;;
            esac
            """);
        (string run, _) = await _sandbox.SubmitAndWaitAsync(new { cluster = "local", command = "sh task.sh {i}", tasks = Enumerable.Range(0, 10).Select(i => new { i }) });
        string archive = Path.Combine(_sandbox.Root, "archive");
        JsonElement files = (await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", run, "--keep-waves", "--output-dir", archive)).Data.GetProperty("aggregate");
        JsonElement waves = (await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--waves-dir", archive, "--dry-run")).Data.GetProperty("aggregate");
        foreach (JsonElement aggregate in (JsonElement[])[files, waves])
        {
            Assert.Equal("[1,3,5,6,7,8,9]", aggregate.GetProperty("missing_tasks").GetRawText());
            Assert.Equal([1, 2, 3], aggregate.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("task_id").GetInt32()));
            Assert.Equal(
                ["expected a value", "n_samples is negative and was counted as 1", "is larger than 67108864 bytes"],
                aggregate.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("message").GetString()!).Zip(
                    (string[])["expected a value", "n_samples is negative and was counted as 1", "is larger than 67108864 bytes"], (m, part) => m.Contains(part, StringComparison.Ordinal) ? part : m));
        }
        Assert.Equal(files.GetProperty("groups").GetRawText(), waves.GetProperty("groups").GetRawText());

        // A wave of another run has records for the same tasks.
        File.WriteAllText(Path.Combine(archive, "waves", "5.ndjson"), "{\"task\":0,\"metrics\":{\"x\":1000}}\n");
        JsonElement mixed = (await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--waves-dir", archive, "--dry-run")).Data.GetProperty("aggregate");
        Assert.EndsWith("5.ndjson is none of the waves that were packed for the run", mixed.GetProperty("problems")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Answer verified = await VerifyAsync("--combiner-dir", archive);
        Assert.Equal((2, false), (verified.ExitCode, verified.Data.GetProperty("provenance_present").GetBoolean()));
    }

    [Fact]
    public async Task Tasks_without_metrics_are_missing_and_a_folder_of_results_that_is_gone_is_an_error_with_its_path()
    {
        (string run, _) = await _sandbox.SubmitAndWaitAsync(new { cluster = "local", command = "true {i}", tasks = Enumerable.Range(0, 3).Select(i => new { i }) });
        Answer none = await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", run);
        Assert.Equal((true, 3), (none.IsOk, none.Data.GetProperty("aggregate").GetProperty("missing_count").GetInt32()));
        Directory.Delete(_sandbox.Layout(run).Results, recursive: true);
        Answer gone = await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", run);
        Assert.Equal("outputs_missing", gone.ErrorCode);
        Assert.Contains(_sandbox.Layout(run).Results, gone.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reducer_runs_where_the_results_are_with_variables_and_its_file_comes_back()
    {
        string run = await RunAsync();
        const string command = "echo said >&2; cat \"$HPC_RESULTS_DIR\"/*/*/metrics.json | wc -l | { read -r n; printf '{\"id\":\"%s\",\\n \"lines\":%s, \"v\":\"%s\"}' \"$HPC_RUN_ID\" $n \"$A$B\" >\"$HPC_AGGREGATED_OUTPUT\"; }";
        Answer reduced = await _sandbox.RunAsync(
            "cluster-reduce", "--experiment-dir", _sandbox.Experiment, "--run-id", run, "--aggregate-cmd", command, "--extra-env", "A=x y,B=z=1", "--output-path", "out/{run_id}.json", "--local-dir", "mine");
        Assert.True(reduced.IsOk, reduced.Json.ToString());
        Assert.Equal((run, 4, "x yz=1"), (reduced.Data.GetProperty("reduced").GetProperty("id").GetString(), reduced.Data.GetProperty("reduced").GetProperty("lines").GetInt32(), reduced.Data.GetProperty("reduced").GetProperty("v").GetString()));
        Assert.Equal((true, 0, "said\n"), (reduced.Data.GetProperty("ok").GetBoolean(), reduced.Data.GetProperty("exit_code").GetInt32(), reduced.Data.GetProperty("stderr_tail").GetString()));
        Assert.Equal(Path.Combine(_sandbox.Experiment, "mine", run + ".json"), reduced.Data.GetProperty("output_path_local").GetString());
        Assert.Equal(Path.Combine(_sandbox.Experiment, "out", run + ".json"), reduced.Data.GetProperty("output_path_remote").GetString());
        Assert.Equal(File.ReadAllText(Path.Combine(_sandbox.Experiment, "out", run + ".json")), File.ReadAllText(Path.Combine(_sandbox.Experiment, "mine", run + ".json")));

        Answer failed = await ReduceAsync(run, "yes trouble | head -c 5000 >&2; exit 7");
        Assert.Equal((2, false, 7, 2000), (failed.ExitCode, failed.Data.GetProperty("ok").GetBoolean(), failed.Data.GetProperty("exit_code").GetInt32(), failed.Data.GetProperty("stderr_tail").GetString()!.Length));
        Assert.Equal(JsonValueKind.Null, failed.Data.GetProperty("reduced").ValueKind);
        Assert.Equal("remote_command_failed", (await ReduceAsync(run, "echo '{' >\"$HPC_AGGREGATED_OUTPUT\"")).ErrorCode);
        Assert.Equal("remote_command_failed", (await ReduceAsync(run, "true")).ErrorCode);
        Assert.Equal("cluster_timeout", (await ReduceAsync(run, "sleep 60", "--timeout-sec", "1")).ErrorCode);
        foreach (string[] bad in (string[][])[["--output-path", "../x.json"], ["--output-path", "/etc/x.json"], ["--output-path", "a.sh"], ["--output-path", ".hpc/x.json"], ["--extra-env", "1=2"], ["--extra-env", "A"], ["--extra-env", "HPC_RUN_ID=x"]])
            Assert.Equal("spec_invalid", (await ReduceAsync(run, "true", bad)).ErrorCode);
        Answer none = await _sandbox.RunAsync("cluster-reduce", "--experiment-dir", _sandbox.Experiment, "--run-id", run);
        Assert.Equal("spec_invalid", none.ErrorCode);
    }

    private Task<Answer> ReduceAsync(string run, string command, params string[] more) =>
        _sandbox.RunAsync(["cluster-reduce", "--experiment-dir", _sandbox.Experiment, "--run-id", run, "--aggregate-cmd", command, .. more]);

    private Task<Answer> VerifyAsync(params string[] arguments) => _sandbox.RunAsync(["verify-aggregation-complete", "--experiment-dir", _sandbox.Experiment, .. arguments]);

    private async Task<string> RunAsync(string before = "")
    {
        (string run, _) = await _sandbox.SubmitAndWaitAsync(new
        {
            cluster = "local",
            command = before + "echo \"{\\\"loss\\\": {i}.5}\" > \"$RESULT_DIR/metrics.json\"",
            tasks = Enumerable.Range(0, 4).Select(i => new { i }),
        });
        return run;
    }
}
