namespace HpcAgent;

/// <summary>Failed tasks of a run that run again, and those that do not.</summary>
public sealed record RunResumption
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Its cluster.</summary>
    public required string Cluster { get; init; }

    /// <summary>The user's folder from which it was sent.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>What runs again.</summary>
    public IReadOnlyList<ResumeGroup> Groups { get; init; } = [];

    /// <summary>What does not.</summary>
    public IReadOnlyList<ResumeRefusal> Left { get; init; } = [];

    /// <summary>Nodes on which these tasks will not run any more, because significantly many of the run failed there.</summary>
    public IReadOnlyList<string> ExcludedNodes { get; init; } = [];

    /// <summary>How the tasks are laid out; null if none runs again.</summary>
    public RunPlan? Plan { get; init; }

    /// <summary>The scheduler's ids of the new arrays; none of a plan that was only looked at.</summary>
    public IReadOnlyList<string> JobIds { get; init; } = [];

    /// <summary>True if this request had been carried out before, so that nothing was done now.</summary>
    public bool Deduplicated { get; init; }

    /// <summary>What it cost.</summary>
    public Wire Wire { get; init; } = new();

    /// <summary>How many tasks run again.</summary>
    public long ResumedCount => Groups.Sum(g => g.TaskCount);

    /// <summary>How many failed tasks are left.</summary>
    public long LeftCount => Left.Sum(g => g.TaskCount);
}
