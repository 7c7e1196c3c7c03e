namespace HpcAgent.Engine.Aggregation;

/// <summary>What there is to look at.</summary>
/// <param name="Results">The run: its tasks, and the records from which its aggregate can be made again.</param>
internal sealed record VerificationSubject(RunResults Results)
{
    /// <summary>True if the records are the source; false if there are only partials of the original.</summary>
    public bool HasRecords { get; init; } = true;

    /// <summary>The packed files; none where each task has a file of its own.</summary>
    public IReadOnlyList<string> Waves { get; init; } = [];

    /// <summary>The partials of the original.</summary>
    public IReadOnlyList<OriginalPartial> Partials { get; init; } = [];

    /// <summary>What the archive of the packed files says of itself; null if it says nothing.</summary>
    public WaveManifest? Manifest { get; init; }

    /// <summary>The folder of that archive.</summary>
    public string? ArchiveFolder { get; init; }

    /// <summary>What is wrong with waves where they were packed.</summary>
    public IReadOnlyList<string> WaveFaults { get; init; } = [];

    /// <summary>Tasks with results that the run does not have.</summary>
    public IReadOnlyList<long> StrayTaskIds { get; init; } = [];

    /// <summary>What was recorded; null if nothing was.</summary>
    public RecordedAggregate? Recorded { get; init; }

    /// <summary>The folder with tables, where columns are declared; null for none.</summary>
    public string? TableFolder { get; init; }
}
