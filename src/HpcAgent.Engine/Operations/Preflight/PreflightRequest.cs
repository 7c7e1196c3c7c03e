using System.ComponentModel;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Preflight;

/// <summary>Asks whether runs can be sent to a cluster.</summary>
[InputSchema("preflight")]
[Description("Looks whether runs can be sent to a cluster: the way there, its programs, its scheduler, and what its configuration names.")]
public sealed record PreflightRequest
{
    /// <summary>The cluster; null is <c>local</c>.</summary>
    [Description("The cluster; default 'local', which is this machine.")]
    public string? Cluster { get; init; }

    /// <summary>Whether a tiny job is run too.</summary>
    [Description("Also run a tiny job that loads the site's modules and conda environment, and wait for it, three minutes at most.")]
    public bool Job { get; init; }

    /// <summary>Whether the cluster is asked even though it passed within a day.</summary>
    [Description("Ask anew, even if all passed within the last 24 hours.")]
    public bool Force { get; init; }
}
