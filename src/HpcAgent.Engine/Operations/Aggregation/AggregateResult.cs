namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>The reduced results of a run, and where they were written.</summary>
/// <param name="Aggregate">The aggregate.</param>
/// <param name="State">Where the run stood when it was reduced.</param>
/// <param name="OutputFolder">The folder with the result, or null if nothing was written.</param>
public sealed record AggregateResult(Aggregate Aggregate, LifecycleState State, string? OutputFolder);
