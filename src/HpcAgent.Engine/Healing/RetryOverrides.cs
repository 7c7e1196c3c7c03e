namespace HpcAgent.Engine.Healing;

/// <summary>What the caller of a resumption wants, above the policy.</summary>
internal sealed record RetryOverrides
{
    /// <summary>The only tasks to look at; null for all that failed.</summary>
    public IReadOnlySet<long>? TaskIds { get; init; }

    /// <summary>True to send the tasks again whatever they failed for and however often.</summary>
    public bool IsForced { get; init; }

    /// <summary>The memory of each task in bytes; null leaves it to the planner.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The time limit of each task; null leaves it to the planner.</summary>
    public TimeSpan? Walltime { get; init; }

    /// <summary>The graphics processors of each task; null leaves it to the planner.</summary>
    public int? Gpus { get; init; }

    /// <summary>Where the tasks run.</summary>
    public RetryPlace Place { get; init; } = RetryPlace.Same;

    /// <summary>True if the caller names other graphics processors, or where they are.</summary>
    public bool NamesGpus => Gpus is not null || Place != RetryPlace.Same;

    /// <summary>The nodes to leave out; null leaves it to the planner.</summary>
    public IReadOnlyList<string>? ExcludedNodes { get; init; }

    /// <summary>How many tasks may run at once; null for what the cluster allows.</summary>
    public int? MaxConcurrentCount { get; init; }

    /// <summary>True if a task is meant.</summary>
    public bool Wants(long id) => TaskIds?.Contains(id) != false;

    /// <summary>The request where the caller gives one, else null.</summary>
    public ResourceRequest? Resources(ResourceRequest now) => MemoryBytes is null && Walltime is null && Gpus is null
        ? null
        : now with { MemoryBytes = MemoryBytes ?? now.MemoryBytes, Walltime = Walltime ?? now.Walltime, Gpus = Gpus ?? now.Gpus };
}
