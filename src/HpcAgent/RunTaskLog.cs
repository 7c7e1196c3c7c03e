namespace HpcAgent;

/// <summary>The end of a task's log.</summary>
public sealed record RunTaskLog
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which the run was sent.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>The 0-based task id.</summary>
    public required long TaskId { get; init; }

    /// <summary>The file on the cluster.</summary>
    public required string LogPath { get; init; }

    /// <summary>The exit code of the attempt, if it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>True if there is no log.</summary>
    public bool IsMissing { get; init; }

    /// <summary>The last lines; empty if there are none.</summary>
    public required string Content { get; init; }
}
