namespace HpcAgent.Engine.Submission;

/// <summary>What a submission asks of its canary: the one real task that is sent before the run (reference 5.11).</summary>
public sealed record CanaryWish
{
    /// <summary>The 0-based id of the task.</summary>
    public long TaskId { get; init; }

    /// <summary>True to send one whatever the rules say.</summary>
    public bool IsForced { get; init; }

    /// <summary>True to send the canary and nothing else, without waiting for it.</summary>
    public bool IsAlone { get; init; }

    /// <summary>Runs of no more tasks than this go without.</summary>
    public long SkipThreshold { get; init; } = 4;

    /// <summary>How long the end of the canary is waited for.</summary>
    public TimeSpan WaitBudget { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a canary that passed stands for later runs of the same kind.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Files that it must leave, absolute on the cluster or relative to its result folder.</summary>
    public IReadOnlyList<string> ExpectedOutputs { get; init; } = [];
}
