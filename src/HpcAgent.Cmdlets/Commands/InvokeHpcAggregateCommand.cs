using System.Management.Automation;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations.Aggregation;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsLifecycle.Invoke, "HpcAggregate")]
[OutputType(AggregateView.TypeName)]
public sealed class InvokeHpcAggregateCommand : RunCmdlet
{
    [Parameter]
    [ArgumentCompleter(typeof(ParameterNameCompleter))]
    public string[]? By { get; set; }

    [Parameter]
    [ArgumentCompleter(typeof(StatisticCompleter))]
    public string[]? Statistic { get; set; }

    [Parameter]
    [SupportsWildcards]
    public string[]? Metric { get; set; }

    [Parameter]
    public string Prefix { get; set; } = "";

    [Parameter]
    public SwitchParameter RequireComplete { get; set; }

    [Parameter]
    [ValidateSet("Auto", "Login", "Node")]
    public string Combine { get; set; } = "Auto";

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            AggregateResult result = await new AggregateOperation().ExecuteAsync(
                new AggregateRequest
                {
                    RunId = target.RunId,
                    By = By,
                    Quantiles = AggregateRows.Probabilities(Statistic ?? []),
                    RequireComplete = RequireComplete,
                    Combine = Combine.ToLowerInvariant(),
                    // A reducer of the user's own has no rows; its result is a file.
                    Mode = "combiner-only",
                    // What is wanted on disk is piped into Export-Csv or ConvertTo-Json.
                    DryRun = true,
                },
                Context(target.ExperimentPath),
                token);
            if (result.Aggregate is not { } aggregate)
            {
                await OnPipelineAsync(() => WriteWarning(
                    $"{result.RunId}: its results are being packed by the job {result.Waves.PackingJobId}; ask again in {result.NextCheckAfter.TotalSeconds:0} s, or pack on the login node with -Combine Login."));
                return;
            }
            foreach (FailedWave wave in result.Waves.Failed)
                await OnPipelineAsync(() => WriteWarning($"{result.RunId}: wave {wave.Index} could not be packed: {wave.Reason}"));
            AggregateTable table = AggregateRows.Create(aggregate, Statistic, Prefix, Metric);
            await OnPipelineAsync(() => Write(aggregate, table));
        });

    private void Write(Aggregate aggregate, AggregateTable table)
    {
        if (!aggregate.IsComplete)
            WriteWarning(Missing(aggregate));
        foreach (AggregateProblem problem in aggregate.Problems.Take(5)) WriteWarning($"{problem.Path}: {problem.Message}");
        if (aggregate.Problems.Count > 5) WriteWarning($"{aggregate.Problems.Count - 5} more results could not be used.");
        AggregateView view = AggregateView.Register(this, table.Columns);
        WriteObject(table.Rows.Select(view.Row), enumerateCollection: true);
    }

    private static string Missing(Aggregate aggregate)
    {
        string ids = string.Join(", ", aggregate.MissingTaskIds.Take(10));
        string more = aggregate.MissingTaskIds.Count > 10 ? ", ..." : "";
        return $"{aggregate.RunId}: {aggregate.UsedCount} of {aggregate.TaskCount} tasks contribute; missing: {ids}{more}.";
    }
}
