using System.Management.Automation;
using HpcAgent.Engine.Operations.Efficiency;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcEfficiency")]
[OutputType(typeof(RunEfficiency))]
public sealed class GetHpcEfficiencyCommand : RunCmdlet
{
    protected override bool HasDefaultRuns => true;

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) => ForEachAsync(
        targets,
        async target => await WriteAsync(await new EfficiencyOperation().ExecuteAsync(new EfficiencyRequest { RunId = target.RunId }, Context(target.ExperimentPath), token)));
}
