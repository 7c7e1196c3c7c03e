using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>Task counts as JSON: the states' names, zeros left out.</summary>
internal static class TaskCountsJson
{
    internal static void Write(Utf8JsonWriter writer, string name, TaskCounts counts)
    {
        writer.WriteStartObject(name);
        foreach (var (state, count) in Pairs(counts))
        {
            if (count != 0)
                writer.WriteNumber(state, count);
        }

        writer.WriteEndObject();
    }

    internal static TaskCounts? TryRead(JsonElement parent, string name)
    {
        if (!parent.TryGetProperty(name, out var json))
            return null;
        long Get(string state) => JsonParts.TryInteger(json, state) ?? 0;
        return new()
        {
            PendingCount = Get("pending"),
            HeldCount = Get("held"),
            RunningCount = Get("running"),
            CompleteCount = Get("complete"),
            FailedCount = Get("failed"),
            TimeoutCount = Get("timeout"),
            OutOfMemoryCount = Get("out_of_memory"),
            NodeFailureCount = Get("node_failure"),
            PreemptedCount = Get("preempted"),
            CancelledCount = Get("cancelled"),
            LostCount = Get("lost"),
            UnknownCount = Get("unknown"),
        };
    }

    private static IEnumerable<(string State, long Count)> Pairs(TaskCounts counts) =>
    [
        ("pending", counts.PendingCount),
        ("held", counts.HeldCount),
        ("running", counts.RunningCount),
        ("complete", counts.CompleteCount),
        ("failed", counts.FailedCount),
        ("timeout", counts.TimeoutCount),
        ("out_of_memory", counts.OutOfMemoryCount),
        ("node_failure", counts.NodeFailureCount),
        ("preempted", counts.PreemptedCount),
        ("cancelled", counts.CancelledCount),
        ("lost", counts.LostCount),
        ("unknown", counts.UnknownCount),
    ];
}
