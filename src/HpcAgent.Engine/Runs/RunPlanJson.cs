using System.Text.Json;
using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Runs;

/// <summary>A plan and a resource request as JSON, for the sidecar and the journal. Times are in seconds, memory is in bytes.</summary>
internal static class RunPlanJson
{
    internal static void Write(Utf8JsonWriter writer, RunPlan plan)
    {
        writer.WriteStartObject();
        writer.WriteString("cluster", plan.Cluster);
        writer.WriteNumber("task_count", plan.TaskCount);
        writer.WriteNumber("tasks_per_element", plan.TasksPerElement);
        if (plan.ConcurrentTasksPerElement != 1)
            writer.WriteNumber("concurrent_tasks_per_element", plan.ConcurrentTasksPerElement);
        writer.WriteNumber("max_concurrent_count", plan.MaxConcurrentCount);
        writer.WriteString("strategy", plan.Strategy);
        if (plan.EstimatedElapsed is { } elapsed)
            writer.WriteNumber("estimated_elapsed_sec", elapsed.TotalSeconds);
        writer.WritePropertyName("resources");
        Write(writer, plan.Resources);
        if (plan.ElementResources != plan.Resources)
        {
            writer.WritePropertyName("element_resources");
            Write(writer, plan.ElementResources);
        }

        writer.WriteStartArray("arrays");
        foreach (var array in plan.Arrays)
            Write(writer, array);
        writer.WriteEndArray();
        JsonParts.WriteStrings(writer, "assumptions", plan.Assumptions);
        writer.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter writer, ResourceRequest request)
    {
        writer.WriteStartObject();
        writer.WriteNumber("cpus", request.Cpus);
        if (request.MemoryBytes is { } memory)
            writer.WriteNumber("memory_bytes", memory);
        if (request.Walltime is { } walltime)
            writer.WriteNumber("walltime_sec", walltime.TotalSeconds);
        writer.WriteNumber("gpus", request.Gpus);
        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">A field is missing or of another type.</exception>
    internal static RunPlan Read(JsonElement json)
    {
        var resources = ReadResources(JsonParts.Required(json, "resources"));
        return Read(json, resources, JsonParts.TryObject(json, "element_resources") is { } element ? ReadResources(element) : resources);
    }

    private static RunPlan Read(JsonElement json, ResourceRequest resources, ResourceRequest elementResources) => new()
    {
        Cluster = JsonParts.Text(json, "cluster"),
        TaskCount = JsonParts.Integer(json, "task_count"),
        TasksPerElement = JsonParts.SmallInteger(json, "tasks_per_element"),
        MaxConcurrentCount = JsonParts.SmallInteger(json, "max_concurrent_count"),
        Strategy = JsonParts.Text(json, "strategy"),
        EstimatedElapsed = JsonParts.TryNumber(json, "estimated_elapsed_sec") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        ConcurrentTasksPerElement = JsonParts.TrySmallInteger(json, "concurrent_tasks_per_element") ?? 1,
        Resources = resources,
        ElementResources = elementResources,
        Arrays = [.. JsonParts.Items(json, "arrays").Select(ReadArray)],
        Assumptions = JsonParts.Strings(json, "assumptions"),
    };

    private static void Write(Utf8JsonWriter writer, PlanArray array)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", array.Index);
        writer.WriteNumber("first_task_id", array.FirstTaskId);
        writer.WriteNumber("task_count", array.TaskCount);
        writer.WriteNumber("element_count", array.ElementCount);
        writer.WriteNumber("wave", array.Wave);
        if (array.AfterArray is { } after)
            writer.WriteNumber("after_array", after);
        if (array.MaxConcurrentCount is { } most)
            writer.WriteNumber("max_concurrent_count", most);
        if (array.TaskIds is { } ids)
        {
            writer.WriteStartArray("task_ids");
            foreach (var range in ids)
            {
                writer.WriteNumberValue(range.First);
                writer.WriteNumberValue(range.Count);
            }

            writer.WriteEndArray();
        }

        WriteIfGiven(writer, "resources", array.Resources);
        WriteIfGiven(writer, "element_resources", array.ElementResources);
        if (array.Options is { } options)
        {
            writer.WriteStartObject("options");
            foreach (var (name, value) in options)
                writer.WriteString(name, value);
            writer.WriteEndObject();
        }

        if (array.AttemptBase > 0)
            writer.WriteNumber("attempt_base", array.AttemptBase);
        if (array.ExcludedNodes.Count > 0)
            JsonParts.WriteStrings(writer, "excluded_nodes", array.ExcludedNodes);
        if (array.Cause is { } cause)
            writer.WriteString("cause", FailureCategoryName.Of(cause));
        if (array.Reason is { } reason)
            writer.WriteString("reason", reason);
        writer.WriteEndObject();
    }

    private static void WriteIfGiven(Utf8JsonWriter writer, string name, ResourceRequest? request)
    {
        if (request is null)
            return;
        writer.WritePropertyName(name);
        Write(writer, request);
    }

    // First and count in turn.
    private static IReadOnlyList<TaskIdRange>? ReadTaskIds(JsonElement json)
    {
        long[] numbers = [.. JsonParts.Items(json, "task_ids").Select(i => i.GetInt64())];
        return numbers.Length == 0 ? null : [.. numbers.Chunk(2).Select(pair => pair.Length == 2 ? new TaskIdRange(pair[0], pair[1]) : throw new FormatException("task_ids has an odd length"))];
    }

    private static ResourceRequest ReadResources(JsonElement json) => new()
    {
        Cpus = JsonParts.SmallInteger(json, "cpus"),
        MemoryBytes = JsonParts.TryInteger(json, "memory_bytes"),
        Walltime = JsonParts.TryNumber(json, "walltime_sec") is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Gpus = JsonParts.SmallInteger(json, "gpus"),
    };

    private static PlanArray ReadArray(JsonElement json) => new(
        JsonParts.SmallInteger(json, "index"),
        JsonParts.Integer(json, "first_task_id"),
        JsonParts.Integer(json, "task_count"),
        JsonParts.Integer(json, "element_count"),
        JsonParts.SmallInteger(json, "wave"),
        JsonParts.TrySmallInteger(json, "after_array"))
    {
        MaxConcurrentCount = JsonParts.TrySmallInteger(json, "max_concurrent_count"),
        TaskIds = ReadTaskIds(json),
        Resources = JsonParts.TryObject(json, "resources") is { } task ? ReadResources(task) : null,
        ElementResources = JsonParts.TryObject(json, "element_resources") is { } element ? ReadResources(element) : null,
        Options = JsonParts.TryObject(json, "options") is { ValueKind: JsonValueKind.Object } options
            ? options.EnumerateObject().ToDictionary(option => option.Name, option => JsonParts.AsText(option.Value, option.Name), StringComparer.Ordinal)
            : null,
        AttemptBase = JsonParts.TrySmallInteger(json, "attempt_base") ?? 0,
        ExcludedNodes = JsonParts.Strings(json, "excluded_nodes") is { Count: > 0 } nodes ? nodes : [],
        Cause = JsonParts.TryText(json, "cause") is { } cause ? FailureCategoryName.Parse(cause) ?? FailureCategory.Unknown : null,
        Reason = JsonParts.TryText(json, "reason"),
    };
}
