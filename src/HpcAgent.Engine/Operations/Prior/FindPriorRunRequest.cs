using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Prior;

/// <summary>Looks for a run with the same parameters.</summary>
[InputSchema("find-prior-run")]
[Description("Finds the newest run of this experiment with the same parameter identity.")]
public sealed record FindPriorRunRequest
{
    /// <summary>The parameter identity.</summary>
    [Description("The parameter identity, 8 to 64 hexadecimal digits.")]
    [RegularExpression("^[0-9a-f]{8,64}$")]
    public required string CmdSha { get; init; }
}
