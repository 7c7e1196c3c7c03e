using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Clusters;

/// <summary>One cluster as <c>clusters.yaml</c> describes it.</summary>
public sealed record SiteConfig
{
    /// <summary>The name under which the user knows it.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of scheduler: <c>slurm</c> or <c>sge</c>.</summary>
    public required string Scheduler { get; init; }

    /// <summary>The ssh host or alias; null if its commands run on this machine, which is then a login node.</summary>
    public string? Host { get; init; }

    /// <summary>The user there, or null for ssh's own choice.</summary>
    public string? User { get; init; }

    /// <summary>The port, or null for ssh's own choice.</summary>
    public int? Port { get; init; }

    /// <summary>A file for <c>ssh -F</c>, absolute, or null.</summary>
    public string? SshConfig { get; init; }

    /// <summary>Further options for ssh, each as <c>-o</c> takes it.</summary>
    public IReadOnlyList<string> SshOptions { get; init; } = [];

    /// <summary>The folder below which runs live on the cluster; null for <c>~/hpc-agent</c> there.</summary>
    public string? Scratch { get; init; }

    /// <summary>Modules to load before tasks.</summary>
    public IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>conda.sh to source before tasks, or null.</summary>
    public string? CondaSource { get; init; }

    /// <summary>The environments that conda offers; the first is activated if no other is named.</summary>
    public IReadOnlyList<string> CondaEnvironments { get; init; } = [];

    /// <summary>What is always asked of the scheduler.</summary>
    public SchedulerOptions Options { get; init; } = new();

    /// <summary>Slurm's constraint for tasks that ask for graphics processors, or null.</summary>
    public string? GpuConstraint { get; init; }

    /// <summary>Limits that the file states; they stand above discovered ones.</summary>
    public SiteLimits Limits { get; init; } = new();

    /// <summary>How many tasks may run at once at most by the file, or null.</summary>
    public int? MaxConcurrentTasks { get; init; }

    /// <summary>How many arrays may run at once at most by the file, or null.</summary>
    public int? MaxConcurrentArrays { get; init; }

    /// <summary>The time limit of a task where none is asked for, or null.</summary>
    public TimeSpan? DefaultWalltime { get; init; }

    /// <summary>Types of graphics processors in order of preference.</summary>
    public IReadOnlyList<string> GpuTypes { get; init; } = [];

    /// <summary>How long the first task waits, roughly.</summary>
    public TimeSpan? SpinUp { get; init; }

    /// <summary>After how many days the site deletes untouched files, or null.</summary>
    public int? PurgeDays { get; init; }

    /// <summary>How long accounting and file system may lag behind the queue.</summary>
    public TimeSpan FileSystemLag { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How many questions its scheduler may be asked an hour while runs are watched.</summary>
    public int QueriesPerHour { get; init; } = QueryBudget.Usual;

    /// <summary>The file and line that it comes from, such as <c>/home/me/clusters.yaml:3</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Where each key of the file stands, as <c>file:line</c>.</summary>
    public IReadOnlyDictionary<string, string> Places { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What of the entry has no effect here.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What the scheduler is asked for beside processors, memory and time: the request above the site.</summary>
    /// <param name="resources">What one element asks for; the site's constraint for graphics processors holds only where it asks for some.</param>
    /// <param name="requested">What the request says, or null.</param>
    public SchedulerOptions OptionsFor(ResourceRequest resources, SchedulerOptions? requested = null)
    {
        bool hasGpus = resources.Gpus > 0;
        return new SchedulerOptions
        {
            Partition = requested?.Partition ?? Options.Partition,
            Account = requested?.Account ?? Options.Account,
            Qos = requested?.Qos ?? Options.Qos,
            Constraint = requested?.Constraint ?? (hasGpus ? Both(Options.Constraint, GpuConstraint) : Options.Constraint),
            Queue = requested?.Queue ?? Options.Queue,
            ParallelEnvironment = requested?.ParallelEnvironment ?? Options.ParallelEnvironment,
            MemoryComplex = requested?.MemoryComplex ?? Options.MemoryComplex,
            GpuType = requested?.GpuType ?? Options.GpuType,
            GpuResource = requested?.GpuResource ?? Options.GpuResource,
            ExtraFlags = [.. Options.ExtraFlags, .. requested?.ExtraFlags ?? []],
        };
    }

    private static string? Both(string? always, string? forGpus) =>
        always is null || forGpus is null ? always ?? forGpus : $"{Group(always)}&{Group(forGpus)}";

    private static string Group(string constraint) => constraint.Contains('|', StringComparison.Ordinal) ? $"({constraint})" : constraint;
}
