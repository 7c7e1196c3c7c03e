using System.Globalization;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Tasks from a map with exactly one of <c>tasks</c>, <c>axes</c> (or <c>grid</c>) and <c>task_generator</c>, and maybe
/// <c>task_count</c>.
/// </summary>
internal static class TaskDocument
{
    private static readonly string[] Sources = ["tasks", "axes", "grid", "task_generator"];

    public static TaskSet Read(ParameterMap document, string path)
    {
        foreach (var key in document.Keys)
        {
            if (key is "task_count" || Sources.Contains(key, StringComparer.Ordinal)) continue;
            throw TaskError.Invalid(
                $"{path}: '{key}' means nothing here.{NearestName.Suggestion(key, Sources)}",
                "Give a list of tasks, or one of tasks, axes, grid and task_generator, and maybe task_count.");
        }

        var given = Sources.Where(document.ContainsKey).ToList();
        if (given.Count != 1)
            throw TaskError.Invalid(
                given.Count == 0 ? $"{path} has no tasks." : $"{path} has both {given[0]} and {given[1]}.",
                "Give exactly one of tasks, axes, grid and task_generator.");
        try
        {
            var tasks = Read(given[0], document[given[0]]);
            return document.TryGetValue("task_count", out var count) ? TaskGenerator.WithCount(tasks, Count(count)) : tasks;
        }
        catch (HpcException error)
        {
            throw TaskError.Invalid($"{path}: {error.Message}", error.Remediation ?? "", error);
        }
    }

    /// <summary>Tasks from a list of maps that is in memory.</summary>
    public static TaskSet FromList(IReadOnlyList<object?> items)
    {
        for (var i = 0; i < items.Count; i++)
            if (items[i] is not ParameterMap)
                throw TaskError.Invalid(
                    string.Create(CultureInfo.InvariantCulture, $"task {i} is not a map."),
                    "Give each task as a map from name to value.");
        return new EnumeratedTaskSet(items.Cast<ParameterMap>().ToArray(), names: null);
    }

    private static TaskSet Read(string source, object? value) => (source, value) switch
    {
        ("tasks", object?[] items) => FromList(items),
        ("axes" or "grid", ParameterMap axes) => GridTaskSet.Create(axes),
        ("task_generator", ParameterMap generator) => TaskGenerator.Create(generator),
        ("tasks", _) => throw TaskError.Invalid("'tasks' is not a list.", "Give a list of maps."),
        _ => throw TaskError.Invalid($"'{source}' is not a map.", "Give a map."),
    };

    private static long Count(object? value) =>
        value as long? ?? throw TaskError.Invalid("'task_count' is not an integer.", "Give the number of tasks.");
}
