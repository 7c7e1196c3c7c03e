using System.Collections;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// The tasks of a sweep in order, produced one by one. A set can be read any number of times and gives the same tasks each
/// time; it never holds all of them as objects.
/// </summary>
public abstract class TaskSet
{
    /// <summary>The name of the only parameter of a task that is a bare scalar.</summary>
    public const string ScalarName = "_";

    /// <summary>The number of tasks, or null if it is known only after reading.</summary>
    public abstract long? Count { get; }

    /// <summary>The parameter names in order, or null if they are known only after reading (see <see cref="TaskIdentity"/>).</summary>
    public virtual IReadOnlyList<string>? ParameterNames => null;

    /// <summary>Produces the tasks with ids 0, 1, 2 and so on.</summary>
    public abstract IEnumerable<RunTask> Read();

    /// <summary>
    /// Tasks from maps. The sequence is read anew by every <see cref="Read"/>; see <see cref="TaskCollector"/> for one that can
    /// be read only once.
    /// </summary>
    public static TaskSet FromMaps(IEnumerable<IReadOnlyDictionary<string, object?>> maps) => new EnumeratedTaskSet(maps, names: null);

    /// <summary>Tasks from dictionaries and scalars; a scalar is the parameter <see cref="ScalarName"/>.</summary>
    public static TaskSet FromObjects(IEnumerable<object?> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new EnumeratedTaskSet(items.Select(ToNumberedMap), names: null);
    }

    /// <summary>Every combination of the values of the axes, the last axis fastest.</summary>
    public static GridTaskSet Grid(IEnumerable<KeyValuePair<string, object?>> axes) => GridTaskSet.Create(axes);

    /// <summary>Task i takes the i-th value of every axis; all axes have the same length.</summary>
    public static TaskSet Zip(IEnumerable<KeyValuePair<string, object?>> axes) => ComputedTaskSet.InStep(axes);

    /// <summary>Every task of the first set with every task of the second, the second fastest, parameters joined.</summary>
    public static TaskSet Product(TaskSet outer, IndexedTaskSet inner) => new ProductTaskSet(outer, inner);

    /// <summary>One task per element, as a map with normal values.</summary>
    internal static ParameterMap ToMap(object? item)
    {
        if (ParameterValue.IsScalar(item)) return new([ScalarName], [ParameterValue.Normalize(item)]);
        if (ParameterValue.Normalize(item) is ParameterMap map) return map;
        throw TaskError.Invalid(
            $"A {(item is IEnumerable ? "list" : item!.GetType().Name)} cannot be a task.",
            "Give each task as a map from parameter name to value, or as one scalar.");
    }

    private static ParameterMap ToNumberedMap(object? item, int index)
    {
        try
        {
            return ToMap(item);
        }
        catch (HpcException error)
        {
            throw TaskError.Invalid(FormattableString.Invariant($"Task {index}: {error.Message}"), error.Remediation ?? "", error);
        }
    }

    internal virtual TaskIdentity Survey(CancellationToken cancellation) => TaskSurvey.Run(this, cancellation);
}
