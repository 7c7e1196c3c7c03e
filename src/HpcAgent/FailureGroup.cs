using System.Globalization;

namespace HpcAgent;

/// <summary>Tasks of one run that failed for the same cause, as far as the evidence tells.</summary>
public sealed record FailureGroup
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which it was sent.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>How many tasks of the run have failed for this cause.</summary>
    public required long TaskCount { get; init; }

    /// <summary>How many tasks of the run have failed at all.</summary>
    public required long FailedCount { get; init; }

    /// <summary>What kind of cause it is.</summary>
    public required FailureCategory Category { get; init; }

    /// <summary>The cause: the line of the log that says it, with what differs between the tasks replaced by words such as <c>&lt;n&gt;</c>.</summary>
    public required string Cause { get; init; }

    /// <summary>The place in the code, such as <c>train.py:17</c>, if the log names the same one for all.</summary>
    public string? Location { get; init; }

    /// <summary>The rule that said so.</summary>
    public required string Rule { get; init; }

    /// <summary>What to do.</summary>
    public required string Remedy { get; init; }

    /// <summary>What stays the same for the same cause from run to run.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The 0-based ids of its tasks, ascending.</summary>
    public required IReadOnlyList<long> TaskId { get; init; }

    /// <summary>How many different lines were taken together.</summary>
    public long VariantCount { get; init; } = 1;

    /// <summary>The most frequent of those lines as they were written, five at most.</summary>
    public IReadOnlyList<string> Variants { get; init; } = [];

    /// <summary>What these tasks have more often than others, strongest first; empty where nothing stands out.</summary>
    public IReadOnlyList<FailureLift> Lifts { get; init; } = [];

    /// <summary>What they have in common, in words: the strongest of <see cref="Lifts"/>, or that nothing stands out.</summary>
    public required string Common { get; init; }

    /// <summary>One of them, with its log.</summary>
    public required FailureExemplar Exemplar { get; init; }

    /// <summary>How many of them were judged without their log, which has not been read yet.</summary>
    public long UnreadLogCount { get; init; }

    /// <summary>The ends of the logs of all of them, if they were asked for.</summary>
    public IReadOnlyList<RunTaskLog> Logs { get; init; } = [];

    /// <summary>Count and cause, such as <c>12 x GpuOutOfMemory: CUDA out of memory</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TaskCount} x {Category}: {Cause}");
}
