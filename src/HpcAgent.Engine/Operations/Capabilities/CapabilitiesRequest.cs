using System.ComponentModel;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Capabilities;

/// <summary>Asks what this program can do.</summary>
[InputSchema("capabilities")]
[Description("Says what this program can do.")]
public sealed record CapabilitiesRequest
{
    /// <summary>Whether the input schemas are wanted too.</summary>
    [Description("Include the input schema of every operation.")]
    public bool Full { get; init; }
}
