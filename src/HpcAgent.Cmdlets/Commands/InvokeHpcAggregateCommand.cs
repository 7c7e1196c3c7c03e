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

    [Parameter]
    public SwitchParameter Partial { get; set; }

    [Parameter]
    public SwitchParameter Raw { get; set; }

    [Parameter]
    [SupportsWildcards]
    public string[]? FromWave { get; set; }

    protected override void BeginProcessing()
    {
        if (Raw && (By is not null || Statistic is not null))
            Refuse("-Raw writes every task by itself, so that there is nothing to group or to reduce", "Leave out -By and -Statistic, or -Raw.");
        if (Partial && RequireComplete) Refuse("-Partial takes what is there and -RequireComplete refuses it", "Give one of the two.");
    }

    protected override void EndProcessing()
    {
        if (FromWave is null)
        {
            base.EndProcessing();
            return;
        }
        string[] paths = [.. FromWave.SelectMany(p => SessionState.Path.GetResolvedProviderPathFromPSPath(p, out _))];
        RunEngine(token => Raw ? WriteRawAsync(Request(OnlyRun()), ResolvePath(ExperimentPath), paths, token) : WriteWavesAsync(paths, token), FromWave);
    }

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            AggregateRequest request = Request(target.RunId);
            if (Raw)
            {
                await WriteRawAsync(request, target.ExperimentPath, [], token);
                return;
            }
            AggregateResult result = await new AggregateOperation().ExecuteAsync(request, Context(target.ExperimentPath), token);
            if (result.Aggregate is not { } aggregate)
            {
                await OnPipelineAsync(() => WriteWarning(
                    $"{result.RunId}: its results are being packed by the job {result.Waves.PackingJobId}; ask again in {result.NextCheckAfter.TotalSeconds:0} s, or pack on the login node with -Combine Login."));
                return;
            }
            foreach (WaveFault wave in result.Waves.Failed)
                await OnPipelineAsync(() => WriteWarning($"{result.RunId}: wave {wave.Index} could not be packed: {wave.Reason}"));
            await WriteTableAsync(aggregate);
        });

    private AggregateRequest Request(string? runId) => new()
    {
        RunId = runId,
        By = By,
        Quantiles = AggregateRows.Probabilities(Statistic ?? []),
        RequireComplete = RequireComplete,
        Combine = Combine.ToLowerInvariant(),
        // A reducer of the user's own has no rows; its result is a file.
        Mode = "combiner-only",
        // What is wanted on disk is piped into Export-Csv or ConvertTo-Json.
        DryRun = true,
    };

    private async Task WriteWavesAsync(string[] paths, CancellationToken token) =>
        await WriteTableAsync(await AggregateOperation.FromWavesAsync(paths, Request(OnlyRun()), token));

    private Task WriteTableAsync(Aggregate aggregate)
    {
        AggregateTable table = AggregateRows.Create(aggregate, Statistic, Prefix, Metric, Partial);
        return OnPipelineAsync(() =>
        {
            Warn(aggregate);
            AggregateView view = AggregateView.Register(this, table.Columns);
            WriteObject(table.Rows.Select(view.Row), enumerateCollection: true);
        });
    }

    private async Task WriteRawAsync(AggregateRequest request, string experimentPath, string[] paths, CancellationToken token)
    {
        using RawResults raw = await AggregateOperation.ReadRawAsync(request, paths, Context(experimentPath), token);
        RawColumns columns = RawColumns.Of(raw, Metric ?? [], Prefix);
        string[] names = Partial ? [.. columns.Names, "IsPartial"] : [.. columns.Names];
        AggregateView? view = null;
        await OnPipelineAsync(() =>
        {
            Warn(raw.Whole);
            view = AggregateView.Register(this, names);
        });
        await foreach (RawRecord record in raw.ReadAsync(token))
        {
            IReadOnlyList<object?> row = columns.Row(record);
            await WriteAsync(view!.Row(Partial ? [.. row, !raw.Whole.IsComplete] : row));
        }
        await OnPipelineAsync(() =>
        {
            foreach (AggregateProblem problem in raw.Problems.Take(5)) WriteWarning(problem.Message);
            if (raw.Problems.Count > 5) WriteWarning($"{raw.Problems.Count - 5} more results could not be shown.");
        });
    }

    private string? OnlyRun() => RunId is { Length: 1 } ? RunId[0] : null;

    private void Warn(Aggregate aggregate)
    {
        // Who asks for what is there by its name, knows that something is missing; the rows say so.
        if (!aggregate.IsComplete && !Partial) WriteWarning(Missing(aggregate));
        foreach (AggregateProblem problem in aggregate.Problems.Take(5)) WriteWarning(problem.ToString());
        if (aggregate.Problems.Count > 5) WriteWarning($"{aggregate.Problems.Count - 5} more results could not be used.");
    }

    private void Refuse(string message, string remedy) => Terminate(ErrorRecords.From(new HpcException(ErrorCode.SpecInvalid, message, remedy), null));

    private static string Missing(Aggregate aggregate)
    {
        string ids = string.Join(", ", aggregate.MissingTaskIds.Take(10));
        string more = aggregate.MissingTaskIds.Count > 10 ? ", ..." : "";
        return $"{aggregate.RunId}: {aggregate.UsedCount} of {aggregate.TaskCount} tasks contribute; missing: {ids}{more}.";
    }
}
