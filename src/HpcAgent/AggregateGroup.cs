namespace HpcAgent;

/// <summary>The tasks that share the same values of the grouping parameters, reduced.</summary>
public sealed record AggregateGroup
{
    /// <summary>The grouping parameters and their values, in the order in which they were asked for.</summary>
    public required IReadOnlyDictionary<string, object?> Key { get; init; }

    /// <summary>Tasks of the group.</summary>
    public required long TaskCount { get; init; }

    /// <summary>Tasks of the group without a usable record.</summary>
    public required long MissingCount { get; init; }

    /// <summary>The metrics, sorted by name.</summary>
    public required IReadOnlyList<MetricSummary> Metrics { get; init; }
}
