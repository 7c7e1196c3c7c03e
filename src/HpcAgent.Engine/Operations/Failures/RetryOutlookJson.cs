using System.Text.Json;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Healing;

namespace HpcAgent.Engine.Operations.Failures;

/// <summary>What a policy does about failed tasks, as <c>auto_retry_policy</c>: for each kind of failure which tasks run again, with what, and how often still.</summary>
internal static class RetryOutlookJson
{
    public static void Write(Utf8JsonWriter writer, RetryOutlook outlook)
    {
        writer.WriteStartObject("auto_retry_policy"u8);
        writer.WriteBoolean("active"u8, outlook.IsActive);
        if (outlook.Problem is { } problem) writer.WriteString("problem"u8, problem);
        writer.WriteNumber("max_retries"u8, outlook.Policy.MaxRetries);
        writer.WriteNumber("rounds"u8, outlook.RoundCount);
        writer.WriteNumber("remaining_run_retries"u8, outlook.RemainingOfRun);
        writer.WriteStartObject("categories"u8);
        foreach (FailureCategory category in outlook.Categories) WriteCategory(writer, outlook, category);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteCategory(Utf8JsonWriter writer, RetryOutlook outlook, FailureCategory category)
    {
        RetryRule rule = outlook.Policy[category];
        ResumeGroup[] again = [.. outlook.Choice.Groups.Where(g => g.Category == category)];
        ResumeRefusal[] left = [.. outlook.Choice.Left.Where(g => g.Category == category)];
        writer.WriteStartObject(FailureCategoryName.Of(category));
        writer.WriteBoolean("retried"u8, again.Length > 0);
        if (rule.MaxRetries is { } most) writer.WriteNumber("max_retries"u8, most);
        else writer.WriteNull("max_retries"u8);
        writer.WriteNumber("memory_factor"u8, rule.MemoryFactor);
        writer.WriteNumber("walltime_factor"u8, rule.WalltimeFactor);
        foreach ((string name, string value) in rule.Place.ToOptions() ?? new Dictionary<string, string>(StringComparer.Ordinal)) writer.WriteString(name, value);
        ResultJson.WriteIds(writer, "eligible_task_ids", again.SelectMany(g => g.TaskId).Order());
        ResultJson.WriteIds(writer, "blocked_task_ids", left.SelectMany(g => g.TaskId).Order());
        ResultJson.WriteList(writer, "changes", again.Select(g => g.Reason).Distinct(StringComparer.Ordinal));
        ResultJson.WriteList(writer, "blocked", left.Select(g => g.Reason).Distinct(StringComparer.Ordinal));
        WriteRemaining(writer, outlook, [.. again.SelectMany(g => g.TaskId), .. left.SelectMany(g => g.TaskId)]);
        writer.WriteEndObject();
    }

    // That of the task which has most left; null for any number.
    private static void WriteRemaining(Utf8JsonWriter writer, RetryOutlook outlook, long[] tasks)
    {
        if (tasks.Any(id => outlook.Remaining[id] is null)) writer.WriteNull("remaining_retries"u8);
        else writer.WriteNumber("remaining_retries"u8, tasks.Length == 0 ? 0 : tasks.Max(id => outlook.Remaining[id]!.Value));
    }
}
