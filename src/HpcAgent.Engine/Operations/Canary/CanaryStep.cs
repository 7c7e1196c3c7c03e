namespace HpcAgent.Engine.Operations.Canary;

/// <summary>What is done about a canary.</summary>
public enum CanaryAction
{
    /// <summary>None is needed.</summary>
    Skip,

    /// <summary>A new one is sent.</summary>
    Send,

    /// <summary>One that waits or runs is gone on with.</summary>
    Resume,

    /// <summary>One that ended well a short while ago stands for it.</summary>
    Reuse,
}

/// <summary>What a submission does, or would do, about its canary.</summary>
public sealed record CanaryStep
{
    /// <summary>What is done.</summary>
    public required CanaryAction Action { get; init; }

    /// <summary>The same as a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The canary's own run; null where there is none.</summary>
    public string? RunId { get; init; }

    /// <summary>The scheduler's ids of that run.</summary>
    public IReadOnlyList<string> JobIds { get; init; } = [];

    /// <summary>How it was judged; null if nobody waited for it.</summary>
    public CanaryVerdict? Verdict { get; init; }
}
