namespace HpcAgent.Engine.Schedulers;

/// <summary>Why elements wait, in plain words.</summary>
/// <param name="RawReason">The scheduler's own word, or null.</param>
/// <param name="Explanation">The reason.</param>
/// <param name="Remedy">What would change it.</param>
/// <param name="IsStuck">True if they wait for ever unless someone does something.</param>
public sealed record PendingCause(string? RawReason, string Explanation, string Remedy, bool IsStuck = false);

/// <summary>What a scheduler tells of one waiting job beside its place in the queue.</summary>
public sealed record PendingDetail
{
    /// <summary>When it expects to start it, if it says so.</summary>
    public DateTimeOffset? EstimatedStart { get; init; }

    /// <summary>What it waits for, in the scheduler's words, or null.</summary>
    public string? Dependency { get; init; }

    /// <summary>Why it could not be started, line by line, in the scheduler's words.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What went wrong with it, in the scheduler's words.</summary>
    public IReadOnlyList<string> Errors { get; init; } = [];
}
