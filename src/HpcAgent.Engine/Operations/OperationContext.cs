using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Operations;

/// <summary>Where an operation works, and for whom. Each face makes one; the engine reads nothing from the process by itself.</summary>
public sealed class OperationContext
{
    private readonly Dictionary<string, ICluster> _clusters = new(StringComparer.Ordinal);

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

    /// <summary>The names of the clusters.</summary>
    public IEnumerable<string> ClusterNames => _clusters.Keys;

    /// <summary>A cluster by name.</summary>
    /// <param name="name">The name.</param>
    /// <exception cref="HpcException">There is none.</exception>
    public ICluster Cluster(string name) => _clusters.TryGetValue(name, out ICluster? cluster)
        ? cluster
        : throw new HpcException(
            ErrorCode.ClusterUnknown, $"there is no cluster named '{name}'", $"Known clusters: {string.Join(", ", _clusters.Keys)}.");
}
