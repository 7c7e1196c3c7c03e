using System.Collections.ObjectModel;

namespace HpcAgent;

/// <summary>One failed task that stands for its group.</summary>
public sealed record FailureExemplar
{
    /// <summary>The 0-based task id.</summary>
    public required long TaskId { get; init; }

    /// <summary>Where the task stands.</summary>
    public required TaskState State { get; init; }

    /// <summary>The attempt that failed, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>The exit code, if it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended it, if one did.</summary>
    public int? Signal { get; init; }

    /// <summary>What the scheduler or the dispatcher said.</summary>
    public string? Reason { get; init; }

    /// <summary>The node on which it ran.</summary>
    public string? Node { get; init; }

    /// <summary>Its parameters.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = ReadOnlyDictionary<string, object?>.Empty;

    /// <summary>The file of its log on the cluster.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>The end of its log; empty if there is none, or it was not read.</summary>
    public string Log { get; init; } = "";
}
