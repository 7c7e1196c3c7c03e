namespace HpcAgent;

/// <summary>A place where runs can go.</summary>
public sealed record ClusterInfo
{
    /// <summary>The name under which the user knows it.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of scheduler: <c>local</c>, <c>slurm</c> or <c>sge</c>.</summary>
    public required string Scheduler { get; init; }

    /// <summary>The machine through which it is reached.</summary>
    public string? HostName { get; init; }

    /// <summary>Processors that tasks may use at once, where that is known.</summary>
    public int? ProcessorCount { get; init; }

    /// <summary>The file and line that describe it; null for <c>local</c>.</summary>
    public string? Origin { get; init; }

    /// <summary>Its partitions or queues, where they are known.</summary>
    public IReadOnlyList<string> Partitions { get; init; } = [];

    /// <summary>The highest index of an array's element, where that is known.</summary>
    public long? MaxArrayIndex { get; init; }

    /// <summary>How long ago the site was asked for its limits; null if it never was.</summary>
    public TimeSpan? LimitsAge { get; init; }

    /// <summary>Bytes that were free where runs live when the site was asked, within a quota that it tells; null if that is not known.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Files and folders that could still be made there, likewise.</summary>
    public long? FreeFileCount { get; init; }

    /// <summary>Memory in bytes that tasks may use at once, where that is known.</summary>
    public long? MemoryBytes { get; init; }
}
