using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Healing;

/// <summary>What was done for the tasks of a run before: what each asks for now, and how often it was sent again for which cause.</summary>
internal sealed class RetryHistory
{
    private readonly Dictionary<long, (ResourceRequest Resources, RetryPlace Place, Dictionary<FailureCategory, int> Retries)> _tasks = [];
    private readonly ResourceRequest _first;

    /// <summary>Reads it from the records of the run.</summary>
    /// <param name="record">The run.</param>
    public RetryHistory(RunRecord record)
    {
        _first = (record.Sidecar?.Plan ?? record.Journal.Intent?.Plan)?.Resources ?? new ResourceRequest();
        IReadOnlyList<SchedulerArray> arrays = record.Arrays ?? [];
        NextIndex = arrays.Count == 0 ? 0 : arrays.Max(a => a.Array.Index) + 1;
        foreach (PlanArray array in arrays.Select(a => a.Array).Where(a => a.TaskIds is not null))
        {
            ExcludedNodes.UnionWith(array.ExcludedNodes);
            foreach (TaskIdRange range in array.TaskIds!)
                for (long id = range.First; id < range.First + range.Count; id++) Add(id, array);
        }
    }

    /// <summary>Nodes that were left out before: nothing has run there since that could say that they are mended.</summary>
    public SortedSet<string> ExcludedNodes { get; } = new(StringComparer.Ordinal);

    /// <summary>The index of the next array.</summary>
    public int NextIndex { get; }

    /// <summary>How many retries there were that count, over all tasks.</summary>
    public long Count { get; private set; }

    /// <summary>What a task asks for now.</summary>
    public ResourceRequest Resources(long id) => _tasks.TryGetValue(id, out var task) ? task.Resources : _first;

    /// <summary>Where a task runs now, as far as a resumption said.</summary>
    public RetryPlace Place(long id) => _tasks.TryGetValue(id, out var task) ? task.Place : RetryPlace.Same;

    /// <summary>How often a task was sent again for a cause.</summary>
    public int Retries(long id, FailureCategory category) => _tasks.TryGetValue(id, out var task) ? task.Retries.GetValueOrDefault(category) : 0;

    /// <summary>How often a task was sent again for causes that count.</summary>
    public int Retries(long id) => _tasks.TryGetValue(id, out var task) ? task.Retries.Where(r => IsCounted(r.Key)).Sum(r => r.Value) : 0;

    private void Add(long id, PlanArray array)
    {
        Dictionary<FailureCategory, int> retries = _tasks.TryGetValue(id, out var task) ? task.Retries : [];
        FailureCategory cause = array.Cause ?? FailureCategory.Unknown;
        retries[cause] = retries.GetValueOrDefault(cause) + 1;
        if (IsCounted(cause)) Count++;
        _tasks[id] = (array.Resources ?? _first, RetryPlace.Of(array.Options), retries);
    }

    // Neither is the task's doing.
    private static bool IsCounted(FailureCategory category) => category is not (FailureCategory.Preempted or FailureCategory.Cancelled);
}
