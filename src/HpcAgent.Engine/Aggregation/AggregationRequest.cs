namespace HpcAgent.Engine.Aggregation;

/// <summary>What to reduce, and how.</summary>
public sealed record AggregationRequest
{
    /// <summary>The largest record where nothing else is asked for: 64 MiB.</summary>
    public const int DefaultMaxRecordBytes = 64 << 20;

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The parameter identity of the run.</summary>
    public required string CmdSha { get; init; }

    /// <summary>The full identity of the run.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>All tasks of the run; their ids are 0 to one less.</summary>
    public required long TaskCount { get; init; }

    /// <summary>The tasks with their parameters. Read once, and only if there are grouping parameters.</summary>
    public required IEnumerable<RunTask> Tasks { get; init; }

    /// <summary>Where the metrics are.</summary>
    public required ResultSource Source { get; init; }

    /// <summary>The grouping parameters; none makes one group of all tasks.</summary>
    public IReadOnlyList<string> GroupBy { get; init; } = [];

    /// <summary>The groups, if they are known; then neither <see cref="Tasks"/> nor <see cref="GroupBy"/> are looked at for them.</summary>
    internal Grouping? Groups { get; init; }

    /// <summary>The tasks whose results may be used, null for all. The others count as missing.</summary>
    public IEnumerable<long>? TaskIds { get; init; }

    /// <summary>
    /// The quantiles wanted, from 0 to 1. Any makes the values be kept, 8 bytes each, and gives the median too; ask for 0.5 to get
    /// the median alone.
    /// </summary>
    public IReadOnlyList<double> Probabilities { get; init; } = [];

    /// <summary>Threads to use; 0 takes one for each processor. The result is the same, bit for bit.</summary>
    public int ThreadCount { get; init; }

    /// <summary>The largest metrics file, or line of a packed file, that is read, in bytes.</summary>
    public int MaxRecordBytes { get; init; } = DefaultMaxRecordBytes;
}
