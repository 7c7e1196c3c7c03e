using System.Management.Automation;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Submit;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcPlan", DefaultParameterSetName = ByCommand)]
[OutputType(typeof(RunPlan))]
public sealed class GetHpcPlanCommand : PlanningCmdlet
{
    [Parameter]
    public SwitchParameter Refresh { get; set; }

    private protected override bool IsDryRun => true;

    private protected override async Task WorkAsync(SubmitRequest request, CancellationToken token)
    {
        OperationContext context = Context(ExperimentPath);
        if (Refresh) await context.Cluster(Cluster).PrepareAsync(isFresh: true, token);
        RunDraft draft = await SubmitOperation.DraftAsync(request, context, token);
        foreach (string warning in draft.Warnings) Post(() => WriteWarning(warning));
        await WriteAsync(draft.Plan);
    }
}
