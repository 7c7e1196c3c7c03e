namespace HpcAgent;

/// <summary>What came of a canary: the one real task that is sent before a run.</summary>
public sealed record CanaryVerdict
{
    /// <summary>The canary's own run.</summary>
    public required string RunId { get; init; }

    /// <summary>The cluster on which it is.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which it was sent.</summary>
    public string ExperimentPath { get; init; } = "";

    /// <summary>True if it succeeded and left what it must.</summary>
    public bool Passed => Kind == CanaryFailureKind.None;

    /// <summary>Why it did not pass.</summary>
    public CanaryFailureKind Kind { get; init; }

    /// <summary>What happened, in one sentence.</summary>
    public required string Details { get; init; }

    /// <summary>Where its run stands.</summary>
    public LifecycleState State { get; init; }

    /// <summary>Its task, with exit code, signal, node, time and memory, as far as these are known.</summary>
    public required RunTaskStatus Task { get; init; }

    /// <summary>Its log on the cluster.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>The last lines of its log.</summary>
    public string LogTail { get; init; } = "";

    /// <summary>The SHA-256 of its metrics, in hexadecimal digits; null if it left none.</summary>
    public string? MetricsFingerprint { get; init; }

    /// <summary>What is odd although it passed.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
