using System.Text.Json;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>How canaries look in JSON: the original's names first (reference 3.4 and 5.11), ours beside them.</summary>
public static class CanaryJson
{
    /// <summary>Writes the members of a verdict into an open object.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="verdict">The verdict.</param>
    public static void WriteVerdict(Utf8JsonWriter writer, CanaryVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(verdict);
        writer.WriteBoolean("ok"u8, verdict.Passed);
        writer.WriteString("canary_run_id"u8, verdict.RunId);
        writer.WriteString("failure_kind"u8, verdict.Passed ? null : SnakeCase<CanaryFailureKind>.Write(verdict.Kind));
        writer.WriteString("details"u8, verdict.Details);
        writer.WriteString("stderr_tail"u8, verdict.LogTail);
        writer.WriteString("metrics_fingerprint"u8, verdict.MetricsFingerprint);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(verdict.State));
        WriteFeatures(writer, verdict);
        if (verdict.Passed) WriteSuggestion(writer, verdict);
        ResultJson.WriteList(writer, "warnings", verdict.Warnings);
    }

    /// <summary>Writes <c>failure_features</c>: what is known of the task.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="verdict">The verdict.</param>
    public static void WriteFeatures(Utf8JsonWriter writer, CanaryVerdict verdict)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(verdict);
        RunTaskStatus task = verdict.Task;
        writer.WriteStartObject("failure_features"u8);
        writer.WriteString("canary_run_id"u8, verdict.RunId);
        writer.WriteString("failure_kind"u8, verdict.Passed ? null : SnakeCase<CanaryFailureKind>.Write(verdict.Kind));
        writer.WriteString("state"u8, TaskStateName.Bytes(task.State));
        WriteNumber(writer, "exit_code", task.ExitCode);
        WriteNumber(writer, "signal", task.Signal);
        writer.WriteString("node"u8, task.Node);
        WriteNumber(writer, "elapsed_seconds", task.Elapsed is { } elapsed ? Math.Round(elapsed.TotalSeconds, 3) : null);
        WriteNumber(writer, "peak_memory_bytes", task.PeakMemoryBytes);
        writer.WriteString("evidence"u8, task.Evidence.ToString().ToLowerInvariant());
        writer.WriteString("log_path"u8, verdict.LogPath);
        writer.WriteEndObject();
    }

    /// <summary>Writes the members of what a submission did about its canary into an open object.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="step">What was done.</param>
    internal static void WriteStep(Utf8JsonWriter writer, CanaryStep step)
    {
        writer.WriteString("canary_run_id"u8, step.RunId);
        ResultJson.WriteList(writer, "canary_job_ids", step.JobIds);
        writer.WriteStartObject("canary"u8);
        writer.WriteString("action"u8, SnakeCase<CanaryAction>.Write(step.Action));
        writer.WriteString("summary"u8, step.Summary);
        if (step.Verdict is { } verdict) WriteVerdict(writer, verdict);
        writer.WriteEndObject();
    }

    private static void WriteSuggestion(Utf8JsonWriter writer, CanaryVerdict verdict)
    {
        writer.WriteStartObject("suggested_resources"u8);
        WriteNumber(writer, "walltime_sec", verdict.Task.Elapsed is { } took ? CanaryOffer.Walltime(took).TotalSeconds : null);
        WriteNumber(writer, "mem_mb", verdict.Task.PeakMemoryBytes is { } peak ? CanaryOffer.Memory(peak) >> 20 : null);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }
}
