using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Remove;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Remove, "HpcRun", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(Run))]
public sealed class RemoveHpcRunCommand : RunCmdlet
{
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            OperationContext context = Context(target.ExperimentPath);
            (Run run, RunFootprint footprint) = await RemoveOperation.MeasureAsync(target.RunId, context, token);
            if (!await OnPipelineAsync(() => ShouldProcess(Describe(run, footprint), "Remove"))) return;
            run = await RemoveOperation.ExecuteAsync(target.RunId, context, token);
            if (PassThru) await WriteAsync(run);
        });

    private static string Describe(Run run, RunFootprint footprint)
    {
        string code = footprint switch
        {
            { SnapshotFolder: null } => "",
            { SharedWith.Count: > 0 } => string.Create(CultureInfo.InvariantCulture, $"; its code stays, {footprint.SharedWith.Count} other run(s) use it"),
            _ => $"; and its code {footprint.SnapshotFolder}",
        };
        return string.Create(
            CultureInfo.InvariantCulture, $"{run.Cluster}: {run.RunId}, {footprint.FileCount} files, {_Format.Bytes(footprint.ByteCount)}, in {footprint.RunFolder}{code}");
    }
}
