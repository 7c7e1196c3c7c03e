namespace HpcAgent.Engine.Batch;

/// <summary>Which tasks an element of an array runs: the elements' shares differ by one task at most.</summary>
internal static class ElementMap
{
    /// <summary>The tasks of an element.</summary>
    /// <param name="array">The array.</param>
    /// <param name="element">The element, from 1.</param>
    /// <returns>The first task and the one behind the last; both the same if there is no such element.</returns>
    public static (long First, long End) Tasks(PlanArray array, long element)
    {
        if (element < 1 || element > array.ElementCount) return (array.FirstTaskId, array.FirstTaskId);
        return (array.FirstTaskId + Share(array, element - 1), array.FirstTaskId + Share(array, element));
    }

    // As the dispatcher computes it.
    private static long Share(PlanArray array, long elements) => (long)((Int128)elements * array.TaskCount / array.ElementCount);
}
