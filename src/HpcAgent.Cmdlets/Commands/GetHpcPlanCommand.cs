using System.Management.Automation;
using HpcAgent.Engine.Operations.Submit;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcPlan", DefaultParameterSetName = ByCommand)]
[OutputType(typeof(RunPlan))]
public sealed class GetHpcPlanCommand : PlanningCmdlet
{
    [Parameter]
    public SwitchParameter Refresh { get; set; }

    protected override void EndProcessing()
    {
        SubmitRequest request;
        try
        {
            request = Request() with { DryRun = true };
        }
        catch (Exception e) when (IsOurs(e))
        {
            Terminate(ErrorRecords.From(e, Command));
            return;
        }
        RunEngine(
            async token =>
            {
                Engine.Operations.OperationContext context = Context(ExperimentPath);
                if (Refresh) await context.Cluster(Cluster).PrepareAsync(isFresh: true, token);
                Engine.Submission.RunDraft draft = await SubmitOperation.DraftAsync(request, context, token);
                foreach (string warning in draft.Warnings) Post(() => WriteWarning(warning));
                await WriteAsync(draft.Plan);
            },
            Command);
    }
}
