using System.Globalization;

namespace HpcAgent;

/// <summary>One task of a run, with its state and what that state rests on.</summary>
public sealed record RunTaskStatus
{
    /// <summary>The run that the task belongs to.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which the run is, where that was filled in.</summary>
    public string? Cluster { get; init; }

    /// <summary>The user's folder from which the run was sent, where that was filled in.</summary>
    public string? ExperimentPath { get; init; }

    /// <summary>The 0-based task id.</summary>
    public required long TaskId { get; init; }

    /// <summary>Where the task stands.</summary>
    public required TaskState State { get; init; }

    /// <summary>Which attempt this is, from 1; 0 before the first.</summary>
    public int Attempt { get; init; }

    /// <summary>The exit code of the command, if it ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the command, if one did.</summary>
    public int? Signal { get; init; }

    /// <summary>Why the task is in this state, where there is more to say than the state's name.</summary>
    public string? Reason { get; init; }

    /// <summary>The host on which it ran.</summary>
    public string? Node { get; init; }

    /// <summary>When the attempt started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>How long the attempt took, or has taken so far.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>
    /// Its largest memory in bytes, if known: on this machine the largest resident memory of any of its processes, or of all together, where these were seen to
    /// have more; on a cluster what the accounting measured of an element that ran this task alone (Slurm: resident, sampled every half minute or so; Grid
    /// Engine: virtual, which its limits count).
    /// </summary>
    public long? PeakMemoryBytes { get; init; }

    /// <summary>The processor time of all its processes, from the accounting of an element that ran this task alone, if known.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>How long its element waited from submission to start, from the accounting, if known.</summary>
    public TimeSpan? QueueWait { get; init; }

    /// <summary>What the state rests on.</summary>
    public EvidenceSource Evidence { get; init; }

    /// <summary>When that evidence was made.</summary>
    public DateTimeOffset? EvidenceAt { get; init; }

    /// <summary>The task's parameters.</summary>
    public IReadOnlyDictionary<string, object?> Parameters { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, object?>.Empty;

    /// <summary>The task and its state, such as <c>task 4: Failed (exit code 1)</c>.</summary>
    public override string ToString()
    {
        string end = Signal is { } signal ? $" (signal {signal})" : ExitCode is { } code and not 0 ? $" (exit code {code})" : "";
        return string.Create(CultureInfo.InvariantCulture, $"task {TaskId}: {State}{end}");
    }
}
