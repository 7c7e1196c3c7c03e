using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsData.Sync, "HpcRun")]
[OutputType(typeof(RunReconciliation))]
public sealed class SyncHpcRunCommand : RunCmdlet
{
    protected override bool HasDefaultRuns => true;

    private protected override async Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        RunReconciler reconciler = new(path => Context(path));
        IReadOnlyList<(RunReconciliation? Found, HpcException? Error)> all =
            await reconciler.ReconcileAsync([.. targets.Select(t => (t.RunId, t.ExperimentPath))], token);
        for (int i = 0; i < all.Count; i++)
        {
            if (all[i].Found is not { } found)
            {
                await WriteErrorAsync(all[i].Error!, targets[i].RunId);
                continue;
            }
            foreach (string warning in found.Warnings) Post(() => WriteWarning($"{found.RunId}: {warning}"));
            await WriteAsync(found);
        }
    }
}
