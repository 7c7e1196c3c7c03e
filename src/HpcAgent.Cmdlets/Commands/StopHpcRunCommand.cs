using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Operations.Stop;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsLifecycle.Stop, "HpcRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Run))]
public sealed class StopHpcRunCommand : RunCmdlet
{
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            OperationContext context = Context(target.ExperimentPath);
            StatusResult now = await new StatusOperation().ExecuteAsync(new StatusRequest { RunId = target.RunId }, context, token);
            TaskCounts counts = now.Status.Counts;
            long open = counts.PendingCount + counts.HeldCount + counts.RunningCount;
            string what = string.Create(
                CultureInfo.InvariantCulture, $"{now.Run.Cluster}: {target.RunId}, {counts.RunningCount} running and {open - counts.RunningCount} waiting tasks");
            if (!await OnPipelineAsync(() => ShouldProcess(what, "Stop"))) return;
            (Run run, bool wasLive) = await StopOperation.ExecuteAsync(target.RunId, context, token);
            if (!wasLive) Post(() => WriteVerbose($"{run.RunId} had ended before ({_Format.Words(run.State)})."));
            if (PassThru) await WriteAsync(run);
        });
}
