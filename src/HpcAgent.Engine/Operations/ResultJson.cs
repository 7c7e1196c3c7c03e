using System.Text.Json;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Operations;

/// <summary>How results look in JSON: the original's names and shapes first, ours beside them.</summary>
internal static class ResultJson
{
    public static string Name(LifecycleState state) => state switch
    {
        LifecycleState.InFlight => "in_flight",
        LifecycleState.UnableToVerify => "unable_to_verify",
        _ => state.ToString().ToLowerInvariant(),
    };

    public static void WriteSummary(Utf8JsonWriter writer, TaskCounts counts)
    {
        writer.WriteStartObject();
        writer.WriteNumber("complete"u8, counts.CompleteCount);
        writer.WriteNumber("running"u8, counts.RunningCount);
        writer.WriteNumber("pending"u8, counts.PendingCount + counts.HeldCount);
        writer.WriteNumber("failed"u8, counts.UnsuccessfulCount);
        writer.WriteNumber("unknown"u8, counts.UnknownCount);
        writer.WriteEndObject();
    }

    public static void WriteStates(Utf8JsonWriter writer, TaskCounts counts)
    {
        writer.WriteStartObject();
        Some(writer, "pending", counts.PendingCount);
        Some(writer, "held", counts.HeldCount);
        Some(writer, "running", counts.RunningCount);
        Some(writer, "complete", counts.CompleteCount);
        Some(writer, "failed", counts.FailedCount);
        Some(writer, "timeout", counts.TimeoutCount);
        Some(writer, "out_of_memory", counts.OutOfMemoryCount);
        Some(writer, "node_failure", counts.NodeFailureCount);
        Some(writer, "preempted", counts.PreemptedCount);
        Some(writer, "cancelled", counts.CancelledCount);
        Some(writer, "lost", counts.LostCount);
        Some(writer, "unknown", counts.UnknownCount);
        writer.WriteEndObject();

        static void Some(Utf8JsonWriter writer, string name, long count)
        {
            if (count > 0) writer.WriteNumber(name, count);
        }
    }

    public static void WriteStatus(Utf8JsonWriter writer, RunStatus status, IEnumerable<RunTaskStatus>? tasks)
    {
        writer.WriteStartObject("last_status"u8);
        writer.WritePropertyName("summary"u8);
        WriteSummary(writer, status.Counts);
        writer.WritePropertyName("states"u8);
        WriteStates(writer, status.Counts);
        if (tasks is not null)
        {
            writer.WriteStartArray("tasks"u8);
            foreach (RunTaskStatus task in tasks) WriteTask(writer, task);
            writer.WriteEndArray();
        }
        writer.WriteStartArray("newest_failures"u8);
        foreach (RunTaskStatus task in status.NewestFailures) WriteTask(writer, task);
        writer.WriteEndArray();
        WriteTime(writer, "started_at", status.StartedAt);
        WriteTime(writer, "ended_at", status.EndedAt);
        if (status.TasksPerSecond is { } rate) writer.WriteNumber("tasks_per_second"u8, Math.Round(rate, 3));
        if (status.Remaining is { } left) writer.WriteNumber("remaining_seconds"u8, Math.Round(left.TotalSeconds, 1));
        if (status.Finish is { } finish) WriteFinish(writer, finish);
        if (status.Pending is { } pending) WritePending(writer, pending);
        WriteTime(writer, "observed_at", status.ObservedAt);
        writer.WriteEndObject();
        WriteList(writer, "warnings", status.Warnings);
        WriteNextCheck(writer, status.NextCheckAfter);
        WriteWire(writer, status.Wire);
    }

    /// <summary>When it makes sense to ask about the run again; 0 for never. It is in every answer about a run.</summary>
    public static void WriteNextCheck(Utf8JsonWriter writer, TimeSpan after) => writer.WriteNumber("next_check_after_s"u8, Math.Round(after.TotalSeconds, 1));

    /// <summary>A list of 0-based ids of tasks.</summary>
    public static void WriteIds(Utf8JsonWriter writer, string name, IEnumerable<long> ids)
    {
        writer.WriteStartArray(name);
        foreach (long id in ids) writer.WriteNumberValue(id);
        writer.WriteEndArray();
    }

    private static void WriteFinish(Utf8JsonWriter writer, FinishEstimate finish)
    {
        writer.WriteStartObject("finish"u8);
        WriteTime(writer, "earliest", finish.Earliest);
        WriteTime(writer, "latest", finish.Latest);
        writer.WriteString("basis"u8, finish.Basis);
        writer.WriteEndObject();
    }

    private static void WritePending(Utf8JsonWriter writer, IReadOnlyList<PendingReason> reasons)
    {
        writer.WriteStartArray("pending_reasons"u8);
        foreach (PendingReason reason in reasons)
        {
            writer.WriteStartObject();
            writer.WriteNumber("tasks"u8, reason.TaskCount);
            writer.WriteString("reason"u8, reason.RawReason);
            writer.WriteString("explanation"u8, reason.Explanation);
            writer.WriteString("remedy"u8, reason.Remedy);
            writer.WriteBoolean("is_stuck"u8, reason.IsStuck);
            WriteTime(writer, "estimated_start", reason.EstimatedStart);
            WriteList(writer, "job_ids", reason.JobIds);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    public static void WriteTask(Utf8JsonWriter writer, RunTaskStatus task)
    {
        writer.WriteStartObject();
        writer.WriteNumber("task_id"u8, task.TaskId);
        writer.WriteString("state"u8, TaskStateName.Bytes(task.State));
        writer.WriteNumber("attempt"u8, task.Attempt);
        if (task.ExitCode is { } exit) writer.WriteNumber("exit_code"u8, exit);
        if (task.Signal is { } signal) writer.WriteNumber("signal"u8, signal);
        if (task.Reason is { } reason) writer.WriteString("reason"u8, reason);
        if (task.Node is { } node) writer.WriteString("node"u8, node);
        WriteTime(writer, "started_at", task.StartedAt);
        if (task.Elapsed is { } elapsed) writer.WriteNumber("elapsed_seconds"u8, Math.Round(elapsed.TotalSeconds, 3));
        if (task.PeakMemoryBytes is { } peak) writer.WriteNumber("peak_memory_bytes"u8, peak);
        if (task.CpuTime is { } cpu) writer.WriteNumber("cpu_seconds"u8, Math.Round(cpu.TotalSeconds, 3));
        if (task.QueueWait is { } wait) writer.WriteNumber("queue_wait_seconds"u8, Math.Round(wait.TotalSeconds, 3));
        if (task.Evidence != EvidenceSource.None) writer.WriteString("evidence"u8, task.Evidence.ToString().ToLowerInvariant());
        WriteTime(writer, "evidence_at", task.EvidenceAt);
        writer.WriteEndObject();
    }

    public static void WriteRun(Utf8JsonWriter writer, Run run)
    {
        writer.WriteString("run_id"u8, run.RunId);
        writer.WriteString("cluster"u8, run.Cluster);
        writer.WriteNumber("total_tasks"u8, run.TaskCount);
        WriteList(writer, "job_ids", run.JobIds);
        writer.WriteString("cmd_sha"u8, run.CmdSha);
        writer.WriteString("identity_sha"u8, run.IdentitySha);
        writer.WriteString("command"u8, run.Command);
        writer.WriteString("experiment_dir"u8, run.ExperimentPath);
        writer.WriteString("remote_path"u8, run.RemotePath);
        writer.WriteString("result_path"u8, run.ResultPath);
        WriteTime(writer, "submitted_at", run.SubmittedAt);
        if (run.CampaignId is { } campaign) writer.WriteString("campaign_id"u8, campaign);
    }

    public static void WritePlan(Utf8JsonWriter writer, RunPlan plan)
    {
        writer.WriteStartObject("plan"u8);
        writer.WriteString("strategy"u8, plan.Strategy);
        writer.WriteNumber("total_tasks"u8, plan.TaskCount);
        writer.WriteNumber("tasks_per_element"u8, plan.TasksPerElement);
        writer.WriteNumber("max_concurrent"u8, plan.MaxConcurrentCount);
        writer.WriteStartArray("batches"u8);
        foreach (PlanArray array in plan.Arrays)
        {
            writer.WriteStartObject();
            writer.WriteNumber("batch_index"u8, array.Index);
            writer.WriteNumber("first_task_id"u8, array.FirstTaskId);
            writer.WriteNumber("task_count"u8, array.TaskCount);
            writer.WriteNumber("array_size"u8, array.ElementCount);
            writer.WriteNumber("wave"u8, array.Wave);
            if (array.AfterArray is { } after) writer.WriteNumber("after_batch"u8, after);
            if (array.MaxConcurrentCount is { } most) writer.WriteNumber("max_concurrent"u8, most);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (plan.EstimatedElapsed is { } estimate) writer.WriteNumber("est_total_wall_s"u8, estimate.TotalSeconds);
        if (plan.EstimatedFileCount is { } files) writer.WriteNumber("est_files"u8, files);
        if (plan.EstimatedBytes is { } bytes) writer.WriteNumber("est_bytes"u8, bytes);
        WriteList(writer, "assumptions", plan.Assumptions);
        writer.WriteEndObject();
    }

    public static void WriteWire(Utf8JsonWriter writer, Wire wire)
    {
        writer.WriteStartObject("wire"u8);
        writer.WriteNumber("connections"u8, wire.ConnectionCount);
        writer.WriteNumber("executions"u8, wire.ExecutionCount);
        writer.WriteNumber("bytes_up"u8, wire.BytesUp);
        writer.WriteNumber("bytes_down"u8, wire.BytesDown);
        writer.WriteNumber("scheduler_queries"u8, wire.SchedulerQueryCount);
        writer.WriteNumber("elapsed_ms"u8, Math.Round(wire.Elapsed.TotalMilliseconds, 1));
        writer.WriteEndObject();
    }

    public static void WriteList(Utf8JsonWriter writer, string name, IEnumerable<string> items)
    {
        writer.WriteStartArray(name);
        foreach (string item in items) writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    public static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? time)
    {
        if (time is { } value) writer.WriteString(name, value.ToUniversalTime());
    }
}
