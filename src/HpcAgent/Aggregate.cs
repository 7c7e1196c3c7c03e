namespace HpcAgent;

/// <summary>The reduced results of a run.</summary>
public sealed record Aggregate
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The parameter identity of the run.</summary>
    public required string CmdSha { get; init; }

    /// <summary>The full identity of the run.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>The grouping parameters.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>All tasks of the run.</summary>
    public required long TaskCount { get; init; }

    /// <summary>Tasks whose record was used.</summary>
    public required long UsedCount { get; init; }

    /// <summary>
    /// A digest of the records that were used: the sum, modulo 2^64, of the XXH64 of each one's metrics with its task as the seed, so that order, waves and threads do not change it. Null
    /// in aggregates of earlier versions.
    /// </summary>
    public string? InputDigest { get; init; }

    /// <summary>True if every task of the run contributed.</summary>
    public bool IsComplete => UsedCount == TaskCount;

    /// <summary>The ids of the tasks without a usable record, ascending.</summary>
    public required IReadOnlyList<long> MissingTaskIds { get; init; }

    /// <summary>Records that could not be used, with the reason.</summary>
    public IReadOnlyList<AggregateProblem> Problems { get; init; } = [];

    /// <summary>The groups in the order in which their first task appears in the run.</summary>
    public required IReadOnlyList<AggregateGroup> Groups { get; init; }
}
