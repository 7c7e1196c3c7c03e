using System.Text.Json;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Failures;

/// <summary>Why tasks failed in JSON: the original's <c>clusters</c> with its fields first, ours beside them.</summary>
internal static class FailuresJson
{
    private const int SampleLength = 200;

    public static void Write(Utf8JsonWriter writer, FailuresResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.Run.RunId);
        writer.WriteNumber("failed_count"u8, result.FailedCount);
        writer.WriteStartArray("clusters"u8);
        foreach (FailureGroup group in result.Groups) WriteGroup(writer, group);
        writer.WriteEndArray();
        writer.WriteString("scheduler"u8, result.Scheduler);
        writer.WriteNumber("preempted_count"u8, result.PreemptedTaskIds.Count);
        ResultJson.WriteIds(writer, "preempted_task_ids", result.PreemptedTaskIds);
        RetryOutlookJson.Write(writer, result.Outlook);
        writer.WriteString("note"u8, Note(result));
        writer.WriteNumber("unread_logs"u8, result.UnreadLogCount);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(result.Status.State));
        ResultJson.WriteList(writer, "warnings", result.Status.Warnings);
        ResultJson.WriteNextCheck(writer, result.Status.NextCheckAfter);
        ResultJson.WriteWire(writer, result.Status.Wire);
        writer.WriteEndObject();
    }

    private static string Note(FailuresResult result)
    {
        if (result.FailedCount == 0) return "no task has failed";
        string text = $"{result.FailedCount} failed, {result.Groups.Count} {(result.Groups.Count == 1 ? "cause" : "causes")}";
        return result.UnreadLogCount == 0 ? text : $"{text}; {result.UnreadLogCount} logs have not been read yet: ask again";
    }

    private static void WriteGroup(Utf8JsonWriter writer, FailureGroup group)
    {
        writer.WriteStartObject();
        writer.WriteString("category"u8, FailureCategoryName.Of(group.Category));
        writer.WriteString("fingerprint"u8, group.Fingerprint);
        writer.WriteNumber("count"u8, group.TaskCount);
        ResultJson.WriteIds(writer, "task_ids", group.TaskId);
        writer.WriteString("sample"u8, group.Exemplar.Log.Length <= SampleLength ? group.Exemplar.Log : group.Exemplar.Log[^SampleLength..]);
        writer.WriteString("error_class"u8, group.Rule);
        writer.WriteString("cause"u8, group.Cause);
        if (group.Location is { } location) writer.WriteString("location"u8, location);
        writer.WriteString("suggested_action"u8, group.Remedy);
        writer.WriteString("common"u8, group.Common);
        writer.WriteStartArray("lifts"u8);
        foreach (FailureLift lift in group.Lifts) WriteLift(writer, lift);
        writer.WriteEndArray();
        writer.WriteNumber("variant_count"u8, group.VariantCount);
        ResultJson.WriteList(writer, "variants", group.Variants);
        writer.WriteNumber("unread_logs"u8, group.UnreadLogCount);
        WriteExemplar(writer, group.Exemplar);
        if (group.Logs.Count > 0) WriteLogs(writer, group.Logs);
        writer.WriteEndObject();
    }

    private static void WriteLift(Utf8JsonWriter writer, FailureLift lift)
    {
        writer.WriteStartObject();
        if (lift.Parameter is { } parameter) writer.WriteString("parameter"u8, parameter);
        else writer.WriteBoolean("node"u8, true);
        writer.WriteString("comparison"u8, lift.Comparison switch { LiftComparison.AtLeast => ">=", LiftComparison.AtMost => "<=", _ => "=" });
        writer.WritePropertyName("value"u8);
        WriteValue(writer, lift.Value);
        writer.WriteNumber("in_group"u8, lift.GroupMatchCount);
        writer.WriteNumber("group"u8, lift.GroupCount);
        writer.WriteNumber("in_others"u8, lift.OtherMatchCount);
        writer.WriteNumber("others"u8, lift.OtherCount);
        writer.WriteNumber("odds_ratio"u8, lift.OddsRatio);
        writer.WriteNumber("p_value"u8, lift.PValue);
        writer.WriteNumber("p_value_uncorrected"u8, lift.UncorrectedPValue);
        writer.WriteString("text"u8, lift.ToString());
        writer.WriteEndObject();
    }

    private static void WriteExemplar(Utf8JsonWriter writer, FailureExemplar exemplar)
    {
        writer.WriteStartObject("exemplar"u8);
        writer.WriteNumber("task_id"u8, exemplar.TaskId);
        writer.WriteString("state"u8, TaskStateName.Bytes(exemplar.State));
        writer.WriteNumber("attempt"u8, exemplar.Attempt);
        if (exemplar.ExitCode is { } exit) writer.WriteNumber("exit_code"u8, exit);
        if (exemplar.Signal is { } signal) writer.WriteNumber("signal"u8, signal);
        if (exemplar.Reason is { } reason) writer.WriteString("reason"u8, reason);
        if (exemplar.Node is { } node) writer.WriteString("node"u8, node);
        writer.WriteStartObject("params"u8);
        foreach ((string name, object? value) in exemplar.Parameters)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }
        writer.WriteEndObject();
        writer.WriteString("log_path"u8, exemplar.LogPath);
        writer.WriteString("log"u8, exemplar.Log);
        writer.WriteEndObject();
    }

    private static void WriteLogs(Utf8JsonWriter writer, IReadOnlyList<RunTaskLog> logs)
    {
        writer.WriteStartArray("logs"u8);
        foreach (RunTaskLog log in logs)
        {
            writer.WriteStartObject();
            writer.WriteNumber("task_id"u8, log.TaskId);
            writer.WriteString("path"u8, log.LogPath);
            writer.WriteBoolean("missing"u8, log.IsMissing);
            writer.WriteString("content"u8, log.Content);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        // NaN and infinities are no JSON.
        string text = PlainText.Of(value);
        if (value is string || text.AsSpan().ContainsAny("NI")) writer.WriteStringValue(text);
        else writer.WriteRawValue(text);
    }
}
