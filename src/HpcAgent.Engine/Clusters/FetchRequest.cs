namespace HpcAgent.Engine.Clusters;

/// <summary>Which result files are wanted on this machine.</summary>
public sealed record FetchRequest
{
    /// <summary>Patterns with * and ?, of names or, with a slash, of paths below a task's folder; none takes every file. More may come.</summary>
    public IReadOnlyList<string> Patterns { get; init; } = [];

    /// <summary>How many bytes may come in one execution at most, but for a single larger file; what came is kept if a later execution is cut.</summary>
    public long MostBytes { get; init; } = 256L << 20;

    /// <summary>Told how many files have come.</summary>
    public IProgress<long>? Progress { get; init; }
}

/// <summary>What came of the result files.</summary>
/// <param name="FileCount">How many files came; those that were here already did not travel.</param>
/// <param name="Warnings">Files that could not be taken, with the reason.</param>
public sealed record FetchResult(long FileCount, IReadOnlyList<string> Warnings);
