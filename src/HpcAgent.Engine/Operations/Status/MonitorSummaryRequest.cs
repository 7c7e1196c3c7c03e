using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Asks for a digest of a run for a person.</summary>
[InputSchema("monitor-summary")]
[Description("Tells from the journal alone how a run stands, in words for a person.")]
public sealed record MonitorSummaryRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }
}
