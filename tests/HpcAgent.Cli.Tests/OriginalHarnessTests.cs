using System.Text.Json;

namespace HpcAgent.Cli.Tests;

/// <summary>A harness written for the original: its request, its tasks.py, its record of the run, and the answers that it reads.</summary>
public sealed class OriginalHarnessTests : IDisposable
{
    private const string TasksPy = """
        _GRID = [{"lr": lr, "seed": seed} for lr in (0.1, 0.01) for seed in range(2)]
        def total():
            return len(_GRID)
        def resolve(i):
            return _GRID[i]
        """;

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Its_request_runs_unchanged_and_its_answers_have_the_keys_that_it_reads()
    {
        const string runId = "train-20260301-101500-9f0c1d2e";
        _sandbox.Write(".hpc/tasks.py", TasksPy);
        _sandbox.Write("train.sh", "echo training $LR $SEED; echo \"{\\\"loss\\\": $LR, \\\"n_samples\\\": 10}\" > \"$RESULT_DIR/metrics.json\"\n");
        string cmdSha = (await _sandbox.SubmitAsync("""{"dry_run": true, "executor": "sh train.sh"}""")).Data.GetProperty("cmd_sha").GetString()!;
        string sidecar = Path.Combine(".hpc", "runs", runId + ".json");
        _sandbox.Write(sidecar, Record(runId, cmdSha));

        Answer before = await FindAsync(cmdSha);
        Assert.Equal((true, runId, true), (before.Data.GetProperty("found").GetBoolean(), before.Data.GetProperty("prior_run_id").GetString(), before.Data.GetProperty("is_orphan").GetBoolean()));

        Answer submitted = await _sandbox.SubmitAsync(Request(runId, cmdSha));
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        HasKeys(submitted.Data, "run_id", "job_ids", "deduped", "main_launched", "warnings");
        Assert.Equal(runId, submitted.RunId);
        Assert.True(submitted.Data.GetProperty("main_launched").GetBoolean());
        Assert.False(submitted.Data.GetProperty("deduped").GetBoolean());
        Assert.Equal(JsonValueKind.True, submitted.Json.GetProperty("idempotent").ValueKind);

        Answer live = await _sandbox.RunAsync("list-in-flight", "--experiment-dir", _sandbox.Experiment);
        Assert.Contains(live.Data.GetProperty("runs").EnumerateArray(), r => r.GetProperty("run_id").GetString() == runId);
        Answer end = await _sandbox.WaitAsync(runId);
        HasKeys(end.Data, "run_id", "lifecycle_state", "last_status", "combined_waves", "failed_waves", "ticks", "elapsed_seconds", "escalation_reason");
        Assert.Equal("complete", end.State);
        Answer status = await _sandbox.RunAsync("status", "--experiment-dir", _sandbox.Experiment, "--run-id", runId, "--min-rows", "1");
        HasKeys(status.Data, "run_id", "lifecycle_state", "last_status");
        HasKeys(status.Data.GetProperty("last_status").GetProperty("summary"), "complete", "running", "pending", "failed", "unknown");
        Assert.Equal(4, status.Data.GetProperty("last_status").GetProperty("summary").GetProperty("complete").GetInt64());
        Answer logs = await _sandbox.RunAsync("logs", "--experiment-dir", _sandbox.Experiment, "--run-id", runId, "--task-id", "2");
        HasKeys(logs.Data.GetProperty("logs")[0], "task_id", "path", "content", "missing", "exit_code", "ssh_error");
        Assert.Equal("training 0.01 0\n", logs.Data.GetProperty("logs")[0].GetProperty("content").GetString());
        Assert.True(File.Exists(Path.Combine(_sandbox.Layout(runId).Results, "0.01", "seed-1", "metrics.json")));
        Answer aggregate = await _sandbox.RunAsync("aggregate-flow", "--experiment-dir", _sandbox.Experiment, "--run-id", runId);
        HasKeys(aggregate.Data, "combined_waves", "failed_waves", "aggregated_metrics", "escalation_reason");
        Assert.Equal(0.01, aggregate.Data.GetProperty("aggregated_metrics").GetProperty("0.01_1").GetProperty("loss").GetDouble());
        Answer prior = await FindAsync(cmdSha);
        HasKeys(prior.Data, "found", "prior_run_id", "is_orphan", "status", "age_sec", "profile", "cluster", "job_ids", "campaign_id", "submitted_at");
        Assert.Equal("complete", prior.Data.GetProperty("status").GetString());
        Assert.Equal("train", prior.Data.GetProperty("profile").GetString());

        // The record keeps what the harness wrote, and sending the request once more changes nothing.
        using JsonDocument record = JsonDocument.Parse(File.ReadAllText(Path.Combine(_sandbox.Experiment, sidecar)));
        Assert.Equal("sh train.sh", record.RootElement.GetProperty("executor").GetString());
        Assert.Equal("kept", record.RootElement.GetProperty("extra").GetProperty("note").GetString());
        Assert.Equal("secret-group", record.RootElement.GetProperty("env_group").GetString());
        Answer again = await _sandbox.SubmitAsync(Request(runId, cmdSha));
        Assert.True(again.Data.GetProperty("deduped").GetBoolean());
        Assert.Equal(runId, again.RunId);
    }

    [Fact]
    public async Task A_record_for_other_parameters_is_not_taken_for_this_run()
    {
        _sandbox.Write(".hpc/tasks.py", TasksPy);
        _sandbox.Write("train.sh", "true");
        const string runId = "train-1";
        string record = Record(runId, new string('a', 64));
        _sandbox.Write($".hpc/runs/{runId}.json", record);
        Answer refused = await _sandbox.SubmitAsync(Request(runId, new string('a', 64)));
        Assert.Equal((1, "spec_invalid"), (refused.ExitCode, refused.ErrorCode));
        Assert.Contains(runId, refused.Message, StringComparison.Ordinal);
        Assert.Equal(record, File.ReadAllText(Path.Combine(_sandbox.Experiment, ".hpc", "runs", runId + ".json")));
    }

    [Fact]
    public async Task Capabilities_name_every_verb_and_their_schemas()
    {
        Answer answer = await _sandbox.RunAsync("capabilities", "--full");
        HasKeys(answer.Data, "version", "subcommands", "supported_schedulers", "clusters", "journal_dir", "ssh_multiplexing", "required_env", "optional_env", "operations");
        Assert.Superset(
            new HashSet<string?> { "capabilities", "preflight", "submit-flow", "find-prior-run", "status", "monitor-flow", "logs", "aggregate-flow", "efficiency", "list-in-flight", "quickstart" },
            answer.Data.GetProperty("subcommands").EnumerateArray().Select(s => s.GetString()).ToHashSet());
        Assert.All(answer.Data.GetProperty("operations").EnumerateArray(), o => Assert.Equal(JsonValueKind.Object, o.GetProperty("input_schema").ValueKind));
        Assert.Equal(_sandbox.State, answer.Data.GetProperty("journal_dir").GetString());
        Assert.False(Directory.Exists(_sandbox.State));
    }

    private Task<Answer> FindAsync(string cmdSha) =>
        _sandbox.RunAsync("find-prior-run", "--experiment-dir", _sandbox.Experiment, "--cmd-sha", cmdSha);

    private static void HasKeys(JsonElement element, params string[] keys) =>
        Assert.Superset(keys.ToHashSet(StringComparer.Ordinal), element.EnumerateObject().Select(p => p.Name).ToHashSet(StringComparer.Ordinal));

    private static string Record(string runId, string cmdSha) => $$$"""
        {
          "sidecar_schema_version": 2,
          "run_id": "{{{runId}}}",
          "cmd_sha": "{{{cmdSha}}}",
          "tasks_py_sha": "",
          "hpc_agent_version": "0.10.63",
          "submitted_at": "2026-03-01T10:15:00+00:00",
          "executor": "sh train.sh",
          "result_dir_template": "{lr}/seed-{seed}",
          "task_count": 4,
          "wave_map": {"0": [0, 1, 2, 3]},
          "extra": {"note": "kept"},
          "env_group": "secret-group",
          "cluster": "local",
          "profile": "train",
          "project": "paper",
          "remote_path": "/scratch/me/paper",
          "job_ids": []
        }
        """;

    private static string Request(string runId, string cmdSha) => $$$"""
        {
          "profile": "train", "cluster": "local", "ssh_target": "me@login.example.org", "remote_path": "/scratch/me/paper", "job_name": "train",
          "run_id": "{{{runId}}}", "total_tasks": 4, "backend": "slurm", "script": ".hpc/templates/slurm/cpu_array.slurm",
          "job_env": {"EXECUTOR": "python3 .hpc/_hpc_dispatch.py", "HPC_RUN_ID": "{{{runId}}}", "HPC_CMD_SHA": "{{{cmdSha}}}", "HPC_TASK_COUNT": "4",
                      "REPO_DIR": "/scratch/me/paper", "MODULES": "", "CONDA_SOURCE": "", "CONDA_ENV": "", "HPC_RUNTIME": "", "HPC_CAMPAIGN_ID": "", "MINE": "1"},
          "pass_env_keys": null, "canary": true, "canary_only": false, "canary_skip_threshold": 4, "force_canary": false, "slurm_account": "a", "slurm_cluster": "c",
          "scheduler_profile": "p", "tasks_per_array": 100, "runtime": null, "enable_afterok_dependency": true, "auto_resume_on_kill": false,
          "max_auto_resumes": 1, "parents": [], "input_datasets": [], "invalidate_on_code_change": true, "campaign_id": "c1", "result_dir_template": "{lr}/seed-{seed}", "resources": {"walltime_sec": 60, "mem_mb": 100, "cpus": 1}, "rsync_excludes": [], "partial_ok": false
        }
        """;
}
