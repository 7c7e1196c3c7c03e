using System.Text.Json;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Operations.Resume;

/// <summary>A resumption as the <c>data</c> of a JSON answer.</summary>
internal static class ResumeJson
{
    public static void Write(Utf8JsonWriter writer, RunResumption result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteBoolean("deduped"u8, result.Deduplicated);
        writer.WriteNumber("resumed"u8, result.ResumedCount);
        writer.WriteNumber("left"u8, result.LeftCount);
        WriteGroups(writer, result.Groups);
        writer.WriteStartArray("left_groups"u8);
        foreach (ResumeRefusal left in result.Left)
        {
            writer.WriteStartObject();
            WriteTasks(writer, left.Category, left.TaskId);
            writer.WriteString("cause"u8, left.Cause);
            writer.WriteString("reason"u8, left.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        ResultJson.WriteList(writer, "excluded_nodes", result.ExcludedNodes);
        ResultJson.WriteList(writer, "new_job_ids", result.JobIds);
        ResultJson.WriteNextCheck(writer, LookPace.Unseen(result.ResumedCount > 0 ? LifecycleState.InFlight : LifecycleState.Failed, result.Cluster, TimeSpan.Zero));
        ResultJson.WriteWire(writer, result.Wire);
        writer.WriteEndObject();
    }

    /// <summary>The tasks that run again, by cause, with what they ask for.</summary>
    public static void WriteGroups(Utf8JsonWriter writer, IReadOnlyList<ResumeGroup> groups)
    {
        writer.WriteStartArray("groups"u8);
        foreach (ResumeGroup group in groups)
        {
            writer.WriteStartObject();
            WriteTasks(writer, group.Category, group.TaskId);
            writer.WriteNumber("cpus"u8, group.Resources.Cpus);
            if (group.Resources.Gpus > 0) writer.WriteNumber("gpus"u8, group.Resources.Gpus);
            if (group.Resources.MemoryBytes is { } memory) writer.WriteNumber("memory_bytes"u8, memory);
            if (group.Resources.Walltime is { } time) writer.WriteNumber("walltime_s"u8, time.TotalSeconds);
            foreach ((string name, string value) in group.Options ?? new Dictionary<string, string>(StringComparer.Ordinal)) writer.WriteString(name, value);
            writer.WriteString("reason"u8, group.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    /// <summary>A resumption that nobody asked for.</summary>
    public static void WriteRound(Utf8JsonWriter writer, AutoRetryRound round)
    {
        writer.WriteStartObject();
        writer.WriteNumber("round"u8, round.Number);
        writer.WriteString("request_id"u8, round.RequestId);
        ResultJson.WriteTime(writer, "at", round.At);
        writer.WriteNumber("resumed"u8, round.Resumption.ResumedCount);
        WriteGroups(writer, round.Resumption.Groups);
        ResultJson.WriteList(writer, "excluded_nodes", round.Resumption.ExcludedNodes);
        ResultJson.WriteList(writer, "new_job_ids", round.Resumption.JobIds);
        writer.WriteEndObject();
    }

    private static void WriteTasks(Utf8JsonWriter writer, FailureCategory category, IReadOnlyList<long> ids)
    {
        writer.WriteString("category"u8, FailureCategoryName.Of(category));
        ResultJson.WriteIds(writer, "task_ids", ids);
    }
}
