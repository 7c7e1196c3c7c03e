namespace HpcAgent.Engine.Runs;

/// <summary>A run with the two records that it is known from.</summary>
public sealed record RunRecord
{
    /// <summary>The run as people and programs see it.</summary>
    public required Run Run { get; init; }

    /// <summary>What was written before it was sent; null if it is lost or damaged.</summary>
    public Sidecar? Sidecar { get; init; }

    /// <summary>What happened since.</summary>
    public required JournalState Journal { get; init; }

    /// <summary>What is odd about the records.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>Runs, and what could not be read while they were looked for.</summary>
/// <param name="Runs">The runs, newest first.</param>
/// <param name="Warnings">What is odd about the records.</param>
public sealed record RunListing(IReadOnlyList<RunRecord> Runs, IReadOnlyList<string> Warnings);
