using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Makes a task set from a description <c>{kind, params}</c> as the original's <c>task_generator</c> (reference 5.14). Beyond its
/// kinds there are <c>zip {axes}</c>, <c>row_chunks {total_chunks, rows?, halo?}</c> and
/// <c>date_windows {start, end, duration, stride?, keep_partial?}</c>.
/// </summary>
public static class TaskGenerator
{
    private static readonly Dictionary<string, Func<GeneratorParameters, TaskSet>> Kinds = new(StringComparer.Ordinal)
    {
        ["enumerated"] = p => Items(p),
        ["cartesian_product"] = p => GridTaskSet.Create(p.Map("axes")),
        ["items_x_seeds"] = p => TaskSet.Product(Items(p), GridTaskSet.Create([new("seed", p.List("seeds"))])),
        ["numeric_linspace"] = p => NumericSpace.Linear(p.Text("name"), p.Number("low"), p.Number("high"), p.Integer("n")),
        ["numeric_logspace"] = p => NumericSpace.Logarithmic(
            p.Text("name"), p.Number("low"), p.Number("high"), p.Integer("n"), p.Has("base") ? p.Number("base") : 10),
        ["zip"] = p => TaskSet.Zip(p.Map("axes")),
        ["row_chunks"] = p => !p.Has("rows")
            ? RowChunks.Create(p.Integer("total_chunks"))
            : RowChunks.Create(p.Integer("total_chunks"), p.Integer("rows"), p.Has("halo") ? p.Integer("halo") : 0),
        ["date_windows"] = p => DateWindows.Create(
            p.Text("start"), p.Text("end"), p.Text("duration"), p.Has("stride") ? p.Text("stride") : null, !p.Has("keep_partial") || p.Truth("keep_partial")),
    };

    private static readonly Dictionary<string, string[]> ParametersOf = new(StringComparer.Ordinal)
    {
        ["enumerated"] = ["items"],
        ["cartesian_product"] = ["axes"],
        ["items_x_seeds"] = ["items", "seeds"],
        ["numeric_linspace"] = ["name", "low", "high", "n"],
        ["numeric_logspace"] = ["name", "low", "high", "n", "base"],
        ["zip"] = ["axes"],
        ["row_chunks"] = ["total_chunks", "rows", "halo"],
        ["date_windows"] = ["start", "end", "duration", "stride", "keep_partial"],
    };

    /// <summary>Makes the task set of a description in JSON.</summary>
    /// <inheritdoc cref="Create(IReadOnlyDictionary{string, object?}, long?)"/>
    public static TaskSet Create(JsonElement generator, long? taskCount = null) =>
        ParameterValue.FromJson(generator) is ParameterMap map
            ? Create(map, taskCount)
            : throw TaskError.Invalid("The task_generator is not an object.", "Give it as {\"kind\": ..., \"params\": {...}}.");

    /// <summary>Makes the task set of a description.</summary>
    /// <param name="generator">A map with the keys <c>kind</c> and <c>params</c>.</param>
    /// <param name="taskCount">How many tasks there must be; null to accept any number.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: an unknown kind or key, a wrong value, or another
    /// number of tasks.</exception>
    public static TaskSet Create(IReadOnlyDictionary<string, object?> generator, long? taskCount = null)
    {
        var outer = new GeneratorParameters("task_generator", generator);
        outer.AllowOnly(["kind", "params"]);
        var kind = outer.Text("kind");
        if (!Kinds.TryGetValue(kind, out var create))
            throw TaskError.Invalid(
                $"There is no task_generator of kind '{kind}'.{NearestName.Suggestion(kind, Kinds.Keys)}",
                $"The kinds are: {string.Join(", ", Kinds.Keys)}.");
        var parameters = new GeneratorParameters($"task_generator {kind}", ParameterMap.Create(outer.Map("params")));
        parameters.AllowOnly(ParametersOf[kind]);
        var tasks = create(parameters);
        return taskCount is null ? tasks : WithCount(tasks, taskCount.Value);
    }

    /// <summary>Refuses a set that does not have the stated number of tasks.</summary>
    internal static TaskSet WithCount(TaskSet tasks, long stated)
    {
        var count = tasks.Count ?? tasks.Read().LongCount();
        return count == stated
            ? tasks
            : throw TaskError.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"task_count is {stated}, but there are {count} tasks."),
                "Correct task_count or the tasks.");
    }

    private static EnumeratedTaskSet Items(GeneratorParameters parameters)
    {
        var items = parameters.List("items");
        for (var i = 0; i < items.Count; i++)
            if (items[i] is not ParameterMap)
                throw TaskError.Invalid(
                    string.Create(CultureInfo.InvariantCulture, $"Item {i} of the task_generator is not a map."),
                    "Give each item as a map from name to value.");
        return new(items.Cast<ParameterMap>().ToArray(), names: null);
    }
}
