using HpcAgent.Engine.Healing;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>How runs are watched.</summary>
public sealed record WatchOptions
{
    /// <summary>What is waited for.</summary>
    public WatchGoal Until { get; init; }

    /// <summary>How long at most, or null.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The time between two looks, or null to let it follow from the runs.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>What is done about a run that would end with failures, above what its own record says; null for that.</summary>
    public RetryPolicy? AutoRetry { get; init; }

    /// <summary>A command for the shell of this machine that is run whenever a run changes, or null.</summary>
    public string? OnChange { get; init; }
}
