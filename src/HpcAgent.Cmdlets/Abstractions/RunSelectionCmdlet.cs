using System.Management.Automation;

namespace HpcAgent.Cmdlets;

/// <summary>A cmdlet to which runs are named: how that is written is the same for all.</summary>
public abstract class RunSelectionCmdlet : EngineCmdlet
{
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [RunIdTransformation]
    [ArgumentCompleter(typeof(RunIdCompleter))]
    public string[]? RunId { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ClusterNameCompleter))]
    public string? Cluster { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Path")]
    public virtual string? ExperimentPath { get; set; }
}
