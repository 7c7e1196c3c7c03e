using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Efficiency;

/// <summary>Asks what the tasks of a run used of what they asked for.</summary>
[InputSchema("efficiency")]
[Description("Says what the tasks of a run used of what they asked for, and what to ask for next time.")]
public sealed record EfficiencyRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }
}
