using System.Management.Automation;
using HpcAgent.Engine.Operations.Submit;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcPlan", DefaultParameterSetName = ByCommand)]
[OutputType(typeof(RunPlan))]
public sealed class GetHpcPlanCommand : PlanningCmdlet
{
    protected override void EndProcessing()
    {
        SubmitRequest request;
        try
        {
            request = Request();
        }
        catch (Exception e) when (IsOurs(e))
        {
            Terminate(ErrorRecords.From(e, Command));
            return;
        }
        RunEngine(
            async token =>
            {
                Engine.Submission.RunDraft draft = await SubmitOperation.DraftAsync(request, Context(ExperimentPath), token);
                foreach (string warning in draft.Warnings) Post(() => WriteWarning(warning));
                await WriteAsync(draft.Plan);
            },
            Command);
    }
}
