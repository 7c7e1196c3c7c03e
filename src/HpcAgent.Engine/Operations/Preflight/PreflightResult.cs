namespace HpcAgent.Engine.Operations.Preflight;

/// <summary>Whether runs can be sent to a cluster.</summary>
public sealed record PreflightResult
{
    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>What was looked at, in order.</summary>
    public required IReadOnlyList<ClusterCheck> Checks { get; init; }

    /// <summary>What it cost.</summary>
    public Wire Wire { get; init; } = new();

    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset CheckedAt { get; init; }

    /// <summary>True if the answer is one of the last 24 hours.</summary>
    public bool IsCached { get; init; }

    /// <summary>True if no check has failed.</summary>
    public bool AllOk => Checks.All(c => c.State != ClusterCheckState.Failed);
}
