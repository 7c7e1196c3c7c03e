namespace HpcAgent;

/// <summary>Whether an aggregate holds all of its run and nothing else, looked at anew.</summary>
public sealed record AggregateCheck
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>True if no invariant is violated.</summary>
    public bool IsComplete => Invariants.All(i => i.State != InvariantState.Violated);

    /// <summary>What was looked at, one after the other.</summary>
    public required IReadOnlyList<AggregateInvariant> Invariants { get; init; }

    /// <summary>How many waves the run has.</summary>
    public required int ExpectedWaveCount { get; init; }

    /// <summary>Of how many waves every task is there.</summary>
    public required int PulledWaveCount { get; init; }

    /// <summary>The numbers of the other waves.</summary>
    public IReadOnlyList<int> MissingWaves { get; init; } = [];

    /// <summary>How many tasks the run has.</summary>
    public required long ExpectedTaskCount { get; init; }

    /// <summary>How many of them are there.</summary>
    public required long PulledTaskCount { get; init; }

    /// <summary>The ids of the others, ascending.</summary>
    public IReadOnlyList<long> MissingTaskIds { get; init; } = [];

    /// <summary>Ids that were found and that the run does not have.</summary>
    public IReadOnlyList<long> UnexpectedTaskIds { get; init; } = [];

    /// <summary>Ids that were found more than once.</summary>
    public IReadOnlyList<long> DuplicateTaskIds { get; init; } = [];

    /// <summary>Groups of the aggregate that cannot come from the tasks of the run, as JSON or as the original writes them.</summary>
    public IReadOnlyList<string> UnexpectedKeys { get; init; } = [];

    /// <summary>The columns that every table of the results must have; empty if the run's record names none.</summary>
    public IReadOnlyList<string> ExpectedColumns { get; init; } = [];

    /// <summary>What is wrong with the tables.</summary>
    public IReadOnlyList<ColumnViolation> ColumnViolations { get; init; } = [];

    /// <summary>The digest of the inputs that was recorded; null if none was.</summary>
    public string? RecordedDigest { get; init; }

    /// <summary>The digest of what is there now; null where there are no records to compute it from.</summary>
    public string? ComputedDigest { get; init; }

    /// <summary>Records that could not be used, with the reason.</summary>
    public IReadOnlyList<AggregateProblem> Problems { get; init; } = [];

    /// <summary>How one invariant ended.</summary>
    /// <param name="name">Its name, such as <c>all_tasks_present</c>.</param>
    public AggregateInvariant Of(string name) => Invariants.First(i => i.Name == name);
}
