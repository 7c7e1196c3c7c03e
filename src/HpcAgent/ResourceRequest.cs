namespace HpcAgent;

/// <summary>What one task asks for.</summary>
public sealed record ResourceRequest
{
    /// <summary>Processors.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Memory in bytes; null leaves it to the cluster.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Time limit; null leaves it to the cluster.</summary>
    public TimeSpan? Walltime { get; init; }

    /// <summary>Graphics processors.</summary>
    public int Gpus { get; init; }
}
