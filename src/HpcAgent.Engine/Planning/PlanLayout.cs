namespace HpcAgent.Engine.Planning;

/// <summary>
/// Tasks in arrays and elements. Arrays hold consecutive tasks; the first <c>TaskCount mod ArrayCount</c> of them have one task more than the rest.
/// </summary>
/// <param name="TaskCount">All tasks.</param>
/// <param name="ArrayCount">How many arrays; not more than tasks.</param>
/// <param name="TasksPerElement">The most tasks of an element.</param>
internal readonly record struct PlanLayout(long TaskCount, int ArrayCount, int TasksPerElement)
{
    private long Rest => TaskCount % ArrayCount;

    /// <summary>The tasks of the largest array.</summary>
    public long MostTasks => PlanMath.Ceiling(TaskCount, ArrayCount);

    /// <summary>The tasks of the smallest array.</summary>
    public long LeastTasks => TaskCount / ArrayCount;

    /// <summary>The elements of the largest array.</summary>
    public long MostElements => PlanMath.Ceiling(MostTasks, TasksPerElement);

    /// <summary>The elements of all arrays.</summary>
    public long ElementCount =>
        (Rest * MostElements) + ((ArrayCount - Rest) * PlanMath.Ceiling(LeastTasks, TasksPerElement));

    public long FirstTask(int array) => (array * LeastTasks) + Math.Min(array, Rest);

    public long Tasks(int array) => array < Rest ? MostTasks : LeastTasks;

    public long Elements(int array) => PlanMath.Ceiling(Tasks(array), TasksPerElement);

    public bool Fits(long maxIndex, long? maxElements) => MostElements <= maxIndex && (maxElements is null || ElementCount <= maxElements);

    /// <summary>The layout with the fewest tasks in an element for a number of arrays; null if nothing fits.</summary>
    public static PlanLayout? Tightest(long tasks, int arrays, long maxIndex, long? maxElements)
    {
        if (arrays > tasks || arrays > maxElements) return null;
        (long low, long high) = (1, Math.Min(int.MaxValue, PlanMath.Ceiling(tasks, arrays)));
        if (!new PlanLayout(tasks, arrays, (int)high).Fits(maxIndex, maxElements)) return null;
        // More tasks in an element never make more elements.
        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            if (new PlanLayout(tasks, arrays, (int)middle).Fits(maxIndex, maxElements)) high = middle;
            else low = middle + 1;
        }
        return new PlanLayout(tasks, arrays, (int)low);
    }

    /// <summary>The same number of elements with as few tasks in the largest one as possible.</summary>
    public PlanLayout Evened()
    {
        PlanLayout evened = this with { TasksPerElement = (int)PlanMath.Ceiling(MostTasks, MostElements) };
        return evened.ElementCount == ElementCount ? evened : this;
    }
}
