namespace HpcAgent.Engine.Schedulers;

/// <summary>One array as a scheduler is to take it. All paths are absolute, on the cluster.</summary>
public sealed record ArraySubmission
{
    /// <summary>The job's name, unique to the array: <c>hpc-TOKEN</c>, letters, digits and dashes.</summary>
    public required string JobName { get; init; }

    /// <summary>The 0-based index of the array in its plan.</summary>
    public required int Index { get; init; }

    /// <summary>How many elements; they are numbered from 1.</summary>
    public required long ElementCount { get; init; }

    /// <summary>How many elements may run at once, or null.</summary>
    public int? MaxConcurrentCount { get; init; }

    /// <summary>True if it waits for the end of the array whose id is in <c>$hpc_after</c> when it is submitted, however that ended.</summary>
    public bool WaitsForAnother { get; init; }

    /// <summary>The folder of the run.</summary>
    public required string RunFolder { get; init; }

    /// <summary>The job script.</summary>
    public required string ScriptPath { get; init; }

    /// <summary>The folder for what elements themselves print; it exists.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>What one element asks for. Memory is that of the whole element, in bytes; time that of all its tasks together.</summary>
    public required ResourceRequest Resources { get; init; }

    /// <summary>How long the element has after the first signal, in seconds.</summary>
    public double GraceSeconds { get; init; } = 25;

    /// <summary>Nodes on which it must not run.</summary>
    public IReadOnlyList<string> ExcludedNodes { get; init; } = [];

    /// <summary>What the site and the request add.</summary>
    public SchedulerOptions Options { get; init; } = new();
}

/// <summary>What schedulers can be asked for beside processors, memory and time. Null or empty leaves it to the site.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Slurm's partition.</summary>
    public string? Partition { get; init; }

    /// <summary>Slurm's account, Grid Engine's project.</summary>
    public string? Account { get; init; }

    /// <summary>Slurm's quality of service.</summary>
    public string? Qos { get; init; }

    /// <summary>Slurm's constraint, such as <c>a100|v100</c>.</summary>
    public string? Constraint { get; init; }

    /// <summary>Grid Engine's queue.</summary>
    public string? Queue { get; init; }

    /// <summary>Grid Engine's parallel environment for more than one processor.</summary>
    public string? ParallelEnvironment { get; init; }

    /// <summary>Grid Engine's complex for memory; default <c>h_data</c>. It is per slot.</summary>
    public string? MemoryComplex { get; init; }

    /// <summary>The type of graphics processor.</summary>
    public string? GpuType { get; init; }

    /// <summary>Slurm's generic resource, default <c>gpu</c>; Grid Engine's complex, default <c>gpu</c>.</summary>
    public string? GpuResource { get; init; }

    /// <summary>Further arguments for sbatch or qsub, each one word.</summary>
    public IReadOnlyList<string> ExtraFlags { get; init; } = [];
}
