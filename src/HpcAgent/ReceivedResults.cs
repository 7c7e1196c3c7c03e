namespace HpcAgent;

/// <summary>What was copied of a run's results.</summary>
public sealed record ReceivedResults
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which the run was sent.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>The folder into which the files were copied.</summary>
    public required string Destination { get; init; }

    /// <summary>Tasks of which at least one file matches.</summary>
    public long TaskCount { get; init; }

    /// <summary>Files that were copied.</summary>
    public long FileCount { get; init; }

    /// <summary>Bytes that were copied.</summary>
    public long ByteCount { get; init; }

    /// <summary>Files that were there already, of the same length and not older.</summary>
    public long SkippedCount { get; init; }

    /// <summary>Files that could not be taken from the cluster, with the reason.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Tasks that were wanted and are not complete; nothing of them is copied.</summary>
    public long IncompleteCount { get; init; }
}
