namespace HpcAgent;

/// <summary>What an operation cost on the way to the cluster.</summary>
public sealed record Wire
{
    /// <summary>Connections opened.</summary>
    public int ConnectionCount { get; init; }

    /// <summary>Remote commands run.</summary>
    public int ExecutionCount { get; init; }

    /// <summary>Bytes sent.</summary>
    public long BytesUp { get; init; }

    /// <summary>Bytes received.</summary>
    public long BytesDown { get; init; }

    /// <summary>Questions put to the scheduler and its accounting.</summary>
    public int SchedulerQueryCount { get; init; }

    /// <summary>Time from the first to the last byte.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>What two operations cost together.</summary>
    /// <param name="other">The other one.</param>
    public Wire Plus(Wire other) => new()
    {
        ConnectionCount = ConnectionCount + other.ConnectionCount,
        ExecutionCount = ExecutionCount + other.ExecutionCount,
        BytesUp = BytesUp + other.BytesUp,
        BytesDown = BytesDown + other.BytesDown,
        SchedulerQueryCount = SchedulerQueryCount + other.SchedulerQueryCount,
        Elapsed = Elapsed + other.Elapsed,
    };
}
