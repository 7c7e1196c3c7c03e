namespace HpcAgent;

/// <summary>One submission: what was sent, where, and what has become of it as far as the journal knows.</summary>
public sealed record Run
{
    /// <summary>The name of the run, unique in its repository.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>All tasks.</summary>
    public required long TaskCount { get; init; }

    /// <summary>The parameter identity, as the original computes it.</summary>
    public required string CmdSha { get; init; }

    /// <summary>The full identity: parameters, code, command and environment.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>The command as the user wrote it.</summary>
    public required string Command { get; init; }

    /// <summary>The user's folder from which it was sent.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>The folder on the cluster below which the run lives.</summary>
    public required string RemotePath { get; init; }

    /// <summary>The folder of this run's results on the cluster.</summary>
    public required string ResultPath { get; init; }

    /// <summary>When it was sent.</summary>
    public required DateTimeOffset SubmittedAt { get; init; }

    /// <summary>The scheduler's ids, one for each array that got in.</summary>
    public IReadOnlyList<string> JobIds { get; init; } = [];

    /// <summary>The last state that the journal has seen.</summary>
    public LifecycleState State { get; init; }

    /// <summary>True if nothing was sent because the same run was already there.</summary>
    public bool Deduplicated { get; init; }

    /// <summary>The campaign that the run belongs to, if any.</summary>
    public string? CampaignId { get; init; }
}
