using System.Globalization;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Operations;

/// <summary>Where an operation works, and for whom. Each face makes one; the engine reads nothing from the process by itself.</summary>
public sealed class OperationContext
{
    private readonly Dictionary<string, ICluster> _clusters = new(StringComparer.Ordinal);
    private readonly SiteCatalogue _sites;

    /// <summary>Creates the context.</summary>
    /// <param name="experimentPath">The absolute folder of the experiment.</param>
    /// <param name="state">The user's state folder.</param>
    /// <param name="supervisor">How to start the embedded scheduler.</param>
    /// <param name="environment">The environment of the user's process.</param>
    public OperationContext(
        string experimentPath, StateFolder state, SupervisorProgram supervisor, IReadOnlyDictionary<string, string> environment)
    {
        (ExperimentPath, State, Environment) = (experimentPath, state, environment);
        LocalCluster local = new(
            new LocalFolder(state.LocalPath(HostIdentity.Name)),
            state.BinPath,
            supervisor,
            SupervisorOptions.FromEnvironment(name => environment.GetValueOrDefault(name)));
        _clusters.Add(local.Name, local);
        _sites = new SiteCatalogue(environment);
    }

    /// <summary>The absolute folder of the experiment.</summary>
    public string ExperimentPath { get; }

    /// <summary>The user's state folder.</summary>
    public StateFolder State { get; }

    /// <summary>The environment of the user's process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told of each step of a submission, as it is done.</summary>
    public IProgress<string>? Steps { get; init; }

    /// <summary>Told of each look at a run that an operation waits for.</summary>
    public IProgress<RunStatus>? Looks { get; init; }

    /// <summary>With what the command line ends after an answer: 2 where a check failed, else 0.</summary>
    public int ExitCode { get; set; }

    /// <summary>The clusters that the user has configured.</summary>
    public SiteCatalogue Sites => _sites;

    /// <summary>The names of the clusters, <c>local</c> first.</summary>
    public IEnumerable<string> ClusterNames => _sites.Names.Prepend("local");

    private SshHostOptions SshOptions()
    {
        SshHostOptions usual = new() { RetriesConnections = !Environment.ContainsKey("HPC_SSH_NO_BACKOFF") };
        return Environment.TryGetValue("HPC_SSH_KEEP_SEC", out string? text) && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds)
            ? usual with { ShareConnections = seconds > 0, KeepOpen = TimeSpan.FromSeconds(seconds) }
            : usual;
    }

    /// <summary>Takes a cluster in place of the configured one of its name.</summary>
    internal void Use(ICluster cluster) => _clusters[cluster.Name] = cluster;

    /// <summary>The error for a name that no cluster has.</summary>
    /// <param name="name">The name.</param>
    public HpcException UnknownCluster(string name) => new(
        ErrorCode.ClusterUnknown,
        $"there is no cluster named '{name}'{NearestName.Suggestion(name, ClusterNames)}",
        $"Known clusters: {string.Join(", ", ClusterNames)}. Others are described in {_sites.FilePath ?? "~/.hpc-agent/clusters.yaml"}.");

    /// <summary>A cluster by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="HpcException">There is none, or its configuration cannot be used.</exception>
    public ICluster Cluster(string name)
    {
        if (_clusters.TryGetValue(name, out ICluster? known)) return known;
        SiteConfig site = _sites.Find(name) ?? throw UnknownCluster(name);
        BatchCluster cluster = new(
            site,
            HostFactory.Create(site, State.Root, Clock, SshOptions()),
            SchedulerFactory.Create(site.Scheduler),
            State,
            Clock);
        _clusters.Add(name, cluster);
        return cluster;
    }
}
