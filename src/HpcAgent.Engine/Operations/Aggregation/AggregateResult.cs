using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>The reduced results of a run, and where they were written.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Aggregate">The aggregate; null if a reducer of the user took its place, or while a job packs the results.</param>
/// <param name="State">Where the run stood when it was reduced.</param>
/// <param name="OutputFolder">The folder with the result, or null if nothing was written.</param>
/// <param name="Reduced">What the user's own reducer made, if there is one.</param>
public sealed record AggregateResult(string RunId, Aggregate? Aggregate, LifecycleState State, string? OutputFolder, ReducerResult? Reduced = null)
{
    /// <summary>How far its waves are packed. While a job packs them there is no aggregate.</summary>
    public WaveReport Waves { get; init; } = new();

    /// <summary>When it makes sense to ask about the run again; zero if it has ended and was reduced.</summary>
    public TimeSpan NextCheckAfter { get; init; }
}
