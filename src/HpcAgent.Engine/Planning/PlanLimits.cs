using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Planning;

/// <summary>The limits that shape a plan, each with where it comes from.</summary>
internal sealed class PlanLimits
{
    /// <summary>More arrays than this are never sent: at 20 to 100 ms for each submission it would take minutes, and the scheduler suffers.</summary>
    public const int MostArrays = 1000;

    private readonly SiteConfig _site;
    private readonly SiteLimits _limits;
    private readonly DateTimeOffset? _now;

    public PlanLimits(SiteConfig site, SiteLimits limits, SchedulerOptions options, DateTimeOffset? now)
    {
        (_site, _limits, _now) = (site, limits, now);
        Partitions = PlanPartitions.Find(this, options);
        (Cap, CapSource) = FindCap();
    }

    /// <summary>The cluster.</summary>
    public string Cluster => _site.Name;

    public SiteConfig Site => _site;

    /// <summary>All limits, the configured ones above the discovered ones.</summary>
    public SiteLimits All => _limits;

    /// <summary>The partitions that the elements go to, where these are named and known.</summary>
    public IReadOnlyList<SitePartition> Partitions { get; }

    /// <summary>The longest time that an element may ask for, or null.</summary>
    public TimeSpan? Cap { get; }

    public string CapSource { get; }

    /// <summary>The highest index of an array; where nobody says, the scheduler's own default (Slurm: MaxArraySize 1001; Grid Engine: max_aj_tasks 75000).</summary>
    public long MaxIndex => _limits.MaxArrayIndex ?? (_site.Scheduler == "slurm" ? 1000 : 75_000);

    public string MaxIndexSource => _limits.MaxArrayIndex is null
        ? $"not known, the default of {_site.Scheduler} is assumed"
        : Source(_site.Limits.MaxArrayIndex is not null, "max_array_size");

    /// <summary>How many arrays at most.</summary>
    public int MaxArrays => (int)Math.Clamp(_limits.MaxJobs ?? MostArrays, 0, MostArrays);

    public string MaxArraysSource => _limits.MaxJobs < MostArrays ? Source(_site.Limits.MaxJobs is not null, "max_jobs") : "more are never sent";

    public string MaxElementsSource => Source(_site.Limits.MaxSubmittedElements is not null, "max_submitted");

    public string MaxRunningSource => Source(_site.Limits.MaxRunningElements is not null, "max_running");

    public string DefaultWalltimeSource => Source(_site.Limits.DefaultWalltime is not null, "default_walltime_sec");

    public string MemorySource => Source(_site.Limits.MaxNodeMemoryBytes is not null, "max_node_mem_mb");

    public string ProcessorsSource => Source(_site.Limits.MaxNodeProcessors is not null, "max_node_cpus");

    /// <summary>Where a configured value stands.</summary>
    public string Configured(string key) => $"configured in {_site.Places.GetValueOrDefault(key, _site.Origin)}";

    /// <summary>When the site told a value.</summary>
    public string Asked => _limits.AskedAt is not { } asked
        ? "as the site says"
        : _now is { } now && now >= asked
            ? $"as the site said {DurationText.Format(now - asked)} ago"
            : string.Create(CultureInfo.InvariantCulture, $"as the site said on {asked.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private string Source(bool isConfigured, string key) => isConfigured ? Configured(key) : Asked;

    private (TimeSpan? Cap, string Source) FindCap()
    {
        if (_site.Limits.MaxWalltime is { } configured)
        {
            string key = _site.Places.ContainsKey("max_walltime") ? "max_walltime" : "max_walltime_sec";
            return (configured, Configured(key));
        }
        if (Partitions.Count == 0) return (_limits.MaxWalltime, Asked);
        TimeSpan? longest = Partitions.Any(p => p.MaxWalltime is null) ? null : Partitions.Max(p => p.MaxWalltime);
        return (longest, $"{string.Join(" or ", Partitions.Select(p => p.Name))}, {Asked}");
    }
}
