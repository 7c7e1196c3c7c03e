using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcStatus")]
[OutputType(typeof(RunStatus))]
public sealed class GetHpcStatusCommand : RunCmdlet
{
    protected override bool HasDefaultRuns => true;

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            StatusResult result = await new StatusOperation().ExecuteAsync(
                new StatusRequest { RunId = target.RunId }, Context(target.ExperimentPath), token);
            foreach (string warning in result.Status.Warnings) Post(() => WriteWarning($"{target.RunId}: {warning}"));
            await WriteAsync(result.Status);
        });
}
