namespace HpcAgent.Engine.Preflight;

/// <summary>What the checks of one cluster gave.</summary>
/// <param name="Checks">The checks in their order.</param>
/// <param name="Wire">What they cost.</param>
public sealed record ClusterCheckup(IReadOnlyList<ClusterCheck> Checks, Wire Wire);
