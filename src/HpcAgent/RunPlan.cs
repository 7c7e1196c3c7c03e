namespace HpcAgent;

/// <summary>How the tasks of a run are laid out on a cluster. A value: two equal plans do the same.</summary>
public sealed record RunPlan
{
    private readonly ResourceRequest? _elementResources;

    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>All tasks.</summary>
    public required long TaskCount { get; init; }

    /// <summary>
    /// Tasks that one array element runs at most: the element <c>e</c>, from 1, of an array has the tasks from
    /// <c>FirstTaskId + (e - 1) * TasksPerElement</c> on; the last element has the rest.
    /// </summary>
    public required int TasksPerElement { get; init; }

    /// <summary>How many of its tasks one element runs at once.</summary>
    public int ConcurrentTasksPerElement { get; init; } = 1;

    /// <summary>How many tasks may run at once; what the cluster allows and the request wants.</summary>
    public required int MaxConcurrentCount { get; init; }

    /// <summary>The arrays in the order of submission.</summary>
    public required IReadOnlyList<PlanArray> Arrays { get; init; }

    /// <summary>What one task asks for.</summary>
    public required ResourceRequest Resources { get; init; }

    /// <summary>
    /// What one element asks the scheduler for: processors and memory of the tasks that it runs at once, time for all of its tasks. Where it was not
    /// set, the same as <see cref="Resources"/>.
    /// </summary>
    public ResourceRequest ElementResources
    {
        get => _elementResources ?? Resources;
        init => _elementResources = value;
    }

    /// <summary>The plan in one line, as the original words it.</summary>
    public required string Strategy { get; init; }

    /// <summary>How long the run should take; null where nothing is known of a task's duration.</summary>
    public TimeSpan? EstimatedElapsed { get; init; }

    /// <summary>How many files and folders the run makes on its cluster at least, beside those that its tasks write; null where that was not estimated.</summary>
    public long? EstimatedFileCount { get; init; }

    /// <summary>How many bytes it takes there at least, likewise.</summary>
    public long? EstimatedBytes { get; init; }

    /// <summary>What the estimate and the layout rest on, and which limit shaped what.</summary>
    public IReadOnlyList<string> Assumptions { get; init; } = [];
}
