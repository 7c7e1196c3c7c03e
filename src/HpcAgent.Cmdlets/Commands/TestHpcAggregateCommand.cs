using System.Management.Automation;
using HpcAgent.Engine.Operations.Aggregation;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsDiagnostic.Test, "HpcAggregate")]
[OutputType(typeof(AggregateCheck))]
public sealed class TestHpcAggregateCommand : RunCmdlet
{
    [Parameter]
    public string? FromWave { get; set; }

    [Parameter]
    public string? AggregatePath { get; set; }

    [Parameter]
    public string? ResultPath { get; set; }

    [Parameter]
    public SwitchParameter Quiet { get; set; }

    protected override bool HasDefaultRuns => true;

    protected override void EndProcessing()
    {
        // An archive says by itself of which run it is.
        if (FromWave is null || RunId is { Length: > 0 }) base.EndProcessing();
        else RunEngine(token => CheckAsync(null, ResolvePath(ExperimentPath), token), FromWave);
    }

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, target => CheckAsync(target.RunId, target.ExperimentPath, token));

    private async Task CheckAsync(string? runId, string experimentPath, CancellationToken token)
    {
        VerifyAggregationRequest request = new()
        {
            RunId = runId,
            CombinerDir = FromWave is null ? null : ResolvePath(FromWave),
            ResultsDir = ResultPath is null ? null : ResolvePath(ResultPath),
            OutputDir = AggregatePath is null ? null : ResolvePath(AggregatePath),
        };
        AggregateCheck check = await new VerifyAggregationOperation().ExecuteAsync(request, Context(experimentPath), token);
        await WriteAsync(Quiet ? check.IsComplete : check);
    }
}
