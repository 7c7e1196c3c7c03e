namespace HpcAgent;

/// <summary>One thing that was looked at before runs are sent to a cluster.</summary>
public sealed record ClusterCheck
{
    /// <summary>The cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>What was looked at, such as <c>scheduler_answers</c>.</summary>
    public required string Name { get; init; }

    /// <summary>How it ended.</summary>
    public required ClusterCheckState State { get; init; }

    /// <summary>What was found.</summary>
    public required string Message { get; init; }

    /// <summary>What to do; null where nothing is to be done.</summary>
    public string? Remediation { get; init; }

    /// <summary>How long it took; null where it was one of several things in one call. On the cluster it is measured in whole seconds.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>When it was looked at.</summary>
    public DateTimeOffset CheckedAt { get; init; }
}
