namespace HpcAgent.Engine.Submission;

/// <summary>What the dispatcher on a node must know and the package does not say.</summary>
public sealed record NodeOptions
{
    /// <summary>
    /// How long an element of an array may run, as the scheduler was told; null for no limit. The usual is the walltime of one task times the
    /// tasks of an element.
    /// </summary>
    public Func<PlanArray, TimeSpan?>? ElementWalltime { get; init; }

    /// <summary>
    /// How long one task may run before the dispatcher ends it; null for no limit. The usual is the walltime of one task where an element has
    /// several, and none where it has one, for then the scheduler sees to it.
    /// </summary>
    public Func<RunPlan, TimeSpan?>? TaskWalltime { get; init; }
}
