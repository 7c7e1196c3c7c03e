namespace HpcAgent.Engine.Schedulers;

/// <summary>What a site enforces. Null is not known.</summary>
public sealed record SiteLimits
{
    /// <summary>The highest index of an array's element (Slurm: <c>MaxArraySize</c> - 1), or the most elements (Grid Engine's <c>max_aj_tasks</c>).</summary>
    public long? MaxArrayIndex { get; init; }

    /// <summary>How many elements of one user may be in the queue, waiting ones too (QOS or association <c>MaxSubmitJobs</c>; <c>max_u_jobs</c> counts jobs).</summary>
    public long? MaxSubmittedElements { get; init; }

    /// <summary>How many elements of one user may run at once.</summary>
    public long? MaxRunningElements { get; init; }

    /// <summary>How many jobs, an array counting as one, one user may have in the queue (Grid Engine's <c>max_u_jobs</c>).</summary>
    public long? MaxJobs { get; init; }

    /// <summary>The longest time limit of the partition that is used by default.</summary>
    public TimeSpan? MaxWalltime { get; init; }

    /// <summary>The time limit that applies where none is asked for.</summary>
    public TimeSpan? DefaultWalltime { get; init; }

    /// <summary>The largest memory of one node, in bytes.</summary>
    public long? MaxNodeMemoryBytes { get; init; }

    /// <summary>The most processors of one node.</summary>
    public int? MaxNodeProcessors { get; init; }

    /// <summary>Partitions or queues, the default one first.</summary>
    public IReadOnlyList<SitePartition> Partitions { get; init; } = [];

    /// <summary>Slurm's qualities of service. Those of the user's default one are already in the limits above.</summary>
    public IReadOnlyList<SiteQos> Qualities { get; init; } = [];

    /// <summary>Slurm's accounts that the user may charge; empty where the site keeps none.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>Grid Engine's parallel environments, those that keep all slots on one node first.</summary>
    public IReadOnlyList<string> ParallelEnvironments { get; init; } = [];

    /// <summary>The scheduler's version.</summary>
    public string? Version { get; init; }

    /// <summary>The user's home folder there.</summary>
    public string? Home { get; init; }

    /// <summary>How much room there is where runs live.</summary>
    public SiteRoom? Room { get; init; }

    /// <summary>When it was asked.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Puts configured limits above discovered ones, field by field. When it was asked is that of the discovered ones.</summary>
    /// <param name="configured">What the user's configuration states.</param>
    /// <param name="discovered">What the site said, or null if it was not asked.</param>
    public static SiteLimits Merge(SiteLimits configured, SiteLimits? discovered) => discovered is null
        ? configured
        : new SiteLimits
        {
            MaxArrayIndex = configured.MaxArrayIndex ?? discovered.MaxArrayIndex,
            MaxSubmittedElements = configured.MaxSubmittedElements ?? discovered.MaxSubmittedElements,
            MaxRunningElements = configured.MaxRunningElements ?? discovered.MaxRunningElements,
            MaxJobs = configured.MaxJobs ?? discovered.MaxJobs,
            MaxWalltime = configured.MaxWalltime ?? discovered.MaxWalltime,
            DefaultWalltime = configured.DefaultWalltime ?? discovered.DefaultWalltime,
            MaxNodeMemoryBytes = configured.MaxNodeMemoryBytes ?? discovered.MaxNodeMemoryBytes,
            MaxNodeProcessors = configured.MaxNodeProcessors ?? discovered.MaxNodeProcessors,
            Partitions = configured.Partitions.Count > 0 ? configured.Partitions : discovered.Partitions,
            Qualities = configured.Qualities.Count > 0 ? configured.Qualities : discovered.Qualities,
            ParallelEnvironments = configured.ParallelEnvironments.Count > 0 ? configured.ParallelEnvironments : discovered.ParallelEnvironments,
            Accounts = configured.Accounts.Count > 0 ? configured.Accounts : discovered.Accounts,
            Home = configured.Home ?? discovered.Home,
            Version = configured.Version ?? discovered.Version,
            Room = discovered.Room,
            AskedAt = discovered.AskedAt,
        };
}

/// <summary>A partition or queue.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsUp">False if nothing starts in it.</param>
/// <param name="MaxWalltime">Its longest time limit, or null.</param>
/// <param name="IsDefault">True if it is taken where none is named.</param>
public sealed record SitePartition(string Name, bool IsUp, TimeSpan? MaxWalltime, bool IsDefault);

/// <summary>What a quality of service limits for one user; null is no limit.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxSubmittedElements">How many elements may be in the queue.</param>
/// <param name="MaxRunningElements">How many may run at once.</param>
/// <param name="MaxWalltime">The longest time limit.</param>
public sealed record SiteQos(string Name, long? MaxSubmittedElements, long? MaxRunningElements, TimeSpan? MaxWalltime);
