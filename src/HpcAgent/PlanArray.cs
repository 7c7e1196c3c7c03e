namespace HpcAgent;

/// <summary>One scheduler array of a plan.</summary>
/// <param name="Index">Its 0-based place in the order of submission.</param>
/// <param name="FirstTaskId">The 0-based id of its first task.</param>
/// <param name="TaskCount">How many tasks it runs.</param>
/// <param name="ElementCount">How many elements it has; the scheduler numbers them from 1.</param>
/// <param name="Wave">The 0-based wave as the original counts them in its plans: arrays that may run at once. (Results are packed in waves of their own.)</param>
/// <param name="AfterArray">The array that must have ended before this one starts, or null.</param>
public sealed record PlanArray(int Index, long FirstTaskId, long TaskCount, long ElementCount, int Wave, int? AfterArray = null)
{
    /// <summary>How many of its elements may run at once, by the scheduler's own throttle; null if nothing holds them back.</summary>
    public int? MaxConcurrentCount { get; init; }

    /// <summary>
    /// Its tasks where they are those of a resumption: ascending and apart, together <see cref="TaskCount"/>. Null where they follow each other from
    /// <see cref="FirstTaskId"/> on.
    /// </summary>
    public IReadOnlyList<TaskIdRange>? TaskIds { get; init; }

    /// <summary>What one task of it asks for, where that differs from the plan's; null where it does not.</summary>
    public ResourceRequest? Resources { get; init; }

    /// <summary>What one element of it asks for, where that differs from the plan's; null where it does not.</summary>
    public ResourceRequest? ElementResources { get; init; }

    /// <summary>
    /// What else it asks of the scheduler in place of what the run asked for: <c>partition</c>, <c>qos</c>, <c>constraint</c>, <c>queue</c>, <c>gpu_type</c>. Null
    /// where that is the same.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Options { get; init; }

    /// <summary>How many attempts its tasks have behind them at most.</summary>
    public int AttemptBase { get; init; }

    /// <summary>Nodes on which it must not run.</summary>
    public IReadOnlyList<string> ExcludedNodes { get; init; } = [];

    /// <summary>For which cause its tasks had failed; null for an array of the first submission.</summary>
    public FailureCategory? Cause { get; init; }

    /// <summary>Why it is there and asks for what it asks for; null for an array of the first submission.</summary>
    public string? Reason { get; init; }
}
