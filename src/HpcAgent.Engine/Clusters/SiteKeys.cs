namespace HpcAgent.Engine.Clusters;

/// <summary>The keys of <c>clusters.yaml</c>.</summary>
internal static class SiteKeys
{
    /// <summary>Keys of a cluster that mean something here.</summary>
    public static readonly IReadOnlyList<string> Cluster =
    [
        "scheduler", "host", "user", "port", "ssh_config", "ssh_options", "scratch", "modules", "conda_source", "conda_envs", "gpu_types",
        "default_partition", "partition", "account", "project", "qos", "constraint", "gpu_constraint", "queue", "parallel_environment", "pe",
        "memory_complex", "gpu_resource", "extra_flags", "constraints", "default_walltime_sec", "max_walltime_sec", "max_node_mem_mb",
        "max_node_cpus", "purge_days", "fs_lag_s", "queries_per_hour",
    ];

    /// <summary>Keys of the map <c>constraints</c>.</summary>
    public static readonly IReadOnlyList<string> Constraints =
    [
        "max_array_size", "max_walltime", "max_concurrent_jobs", "est_spin_up", "max_concurrent_tasks", "max_submitted", "max_running", "max_jobs",
    ];

    /// <summary>Keys that the original has and that mean nothing here, with the reason.</summary>
    public static readonly IReadOnlyDictionary<string, string> Ignored = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["scheduler_profile"] = "the scheduler's own dialect is used",
        ["cold_start_mem_buffer"] = "memory is asked for as the request says",
        ["nfs_data_dir"] = "data are not staged to nodes",
        ["walltime_arbitrage"] = "time limits are asked for as the request says",
        ["auto_daisy_chain"] = "a task longer than the limit is refused",
        ["gpu_queues"] = "queues are not scored",
        ["excluded_gpu_queue_prefixes"] = "queues are not scored",
    };

    /// <summary>Keys that mean the same as another one.</summary>
    public static readonly IReadOnlyDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["partition"] = "default_partition",
        ["project"] = "account",
        ["pe"] = "parallel_environment",
    };
}
