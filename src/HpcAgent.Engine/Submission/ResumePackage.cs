using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Submission;

/// <summary>What a cluster needs in order to run tasks of a run again.</summary>
public sealed record ResumePackage
{
    /// <summary>The record of the run.</summary>
    public required Sidecar Sidecar { get; init; }

    /// <summary>The user's folder.</summary>
    public required string ExperimentPath { get; init; }

    /// <summary>The arrays, which name their tasks and go on counting where those of the run end.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>One unguessable word for each array, in their order.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>When the resumption was begun.</summary>
    public required DateTimeOffset BegunAt { get; init; }

    /// <summary>Seconds between the first signal and the next when a task must stop.</summary>
    public double GraceSeconds => Sidecar.GraceSeconds ?? 25;
}
