using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Asks to compare the record of a run with its cluster.</summary>
[InputSchema("reconcile")]
[Description("Compares the record of a run with its cluster. The cluster wins.")]
public sealed record ReconcileRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The original's kind of scheduler.</summary>
    [Description("The original's kind of scheduler; not used, the configuration of the cluster says it.")]
    public string? Scheduler { get; init; }
}
