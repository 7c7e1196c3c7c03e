namespace HpcAgent.Engine.Batch;

/// <summary>The tasks of an array, and which of them each element runs: the elements' shares differ by one task at most.</summary>
internal sealed class ArrayTasks
{
    private readonly long[]? _ids;

    /// <summary>Creates it.</summary>
    /// <param name="array">The array.</param>
    public ArrayTasks(PlanArray array)
    {
        Array = array;
        if (array.TaskIds is not { } ranges) return;
        _ids = new long[array.TaskCount];
        long position = 0;
        foreach (TaskIdRange range in ranges)
            for (long id = range.First; id < range.First + range.Count; id++) _ids[position++] = id;
    }

    /// <summary>The array.</summary>
    public PlanArray Array { get; }

    /// <summary>True if each element runs one task, so that what happened to the element happened to the task.</summary>
    public bool IsOnePerElement => Array.TaskCount == Array.ElementCount;

    /// <summary>The task at a place, from 0.</summary>
    /// <param name="position">The place.</param>
    public long this[long position] => _ids is null ? Array.FirstTaskId + position : _ids[position];

    /// <summary>The places of an element's tasks.</summary>
    /// <param name="element">The element, from 1.</param>
    /// <returns>The first place and the one behind the last; both the same if there is no such element.</returns>
    public (long First, long End) Of(long element) =>
        element < 1 || element > Array.ElementCount ? (0, 0) : (Share(element - 1), Share(element));

    // As the dispatcher computes it.
    private long Share(long elements) => (long)((Int128)elements * Array.TaskCount / Array.ElementCount);
}
