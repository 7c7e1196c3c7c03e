using System.ComponentModel;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Prior;

/// <summary>Asks for the runs that have not ended.</summary>
[InputSchema("list-in-flight")]
[Description("Lists the runs of this experiment that have not ended, from the journal.")]
public sealed record ListInFlightRequest
{
    /// <summary>Whether the runs of all experiments are wanted.</summary>
    [Description("The runs of all experiments of this user.")]
    public bool All { get; init; }
}
