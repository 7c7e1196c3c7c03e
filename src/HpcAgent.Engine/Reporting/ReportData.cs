using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Reporting;

/// <summary>The aggregate of a run by one parameter alone.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Aggregate">The aggregate.</param>
internal sealed record ParameterAggregate(string Name, Aggregate Aggregate);

/// <summary>All that a report is made of. Nothing in it is computed anew: these are the records that the cmdlets give.</summary>
internal sealed record ReportData
{
    public required Run Run { get; init; }

    public required RunStatus Status { get; init; }

    public required RunEfficiency Efficiency { get; init; }

    public required TaskProfile Tasks { get; init; }

    public RunPlan? Plan { get; init; }

    public IReadOnlyList<FailureGroup> Failures { get; init; } = [];

    /// <summary>The aggregate; null if there is none, and then <see cref="WhyNoAggregate"/> says why.</summary>
    public Aggregate? Aggregate { get; init; }

    public string WhyNoAggregate { get; init; } = "";

    /// <summary>The aggregate as <c>Invoke-HpcAggregate</c> gives it.</summary>
    public AggregateTable? Table { get; init; }

    /// <summary>The aggregate of all tasks together, where there are more metrics than its table shows; else null.</summary>
    public Aggregate? Overall { get; init; }

    /// <summary>The metrics wanted, in their order.</summary>
    public IReadOnlyList<string> Metrics { get; init; } = [];

    /// <summary>The aggregates by single parameters.</summary>
    public IReadOnlyList<ParameterAggregate> Parameters { get; init; } = [];

    /// <summary>What is not drawn, by which rule, and what is missing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
