namespace HpcAgent.Engine.Operations.Capabilities;

/// <summary>What this program can do.</summary>
/// <param name="Version">Its version.</param>
/// <param name="ClusterNames">The clusters that are known.</param>
/// <param name="JournalFolder">Where it keeps what it did.</param>
/// <param name="HasSchemas">True if the input schemas are wanted too.</param>
public sealed record CapabilitiesResult(string Version, IReadOnlyList<string> ClusterNames, string JournalFolder, bool HasSchemas);
