using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcStatus")]
[OutputType(typeof(RunStatus))]
public sealed class GetHpcStatusCommand : RunCmdlet
{
    [Parameter]
    public SwitchParameter Explain { get; set; }

    protected override bool HasDefaultRuns => true;

    private protected override async Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token)
    {
        RunSurvey survey = new(path => Context(path));
        foreach (SurveyedRun run in await survey.LookAsync([.. targets.Select(t => (t.RunId, t.ExperimentPath))], token, Explain))
        {
            if (run.Status is not { } status)
            {
                await WriteErrorAsync(run.Error!, run.RunId);
                continue;
            }
            foreach (string warning in status.Warnings) Post(() => WriteWarning($"{run.RunId}: {warning}"));
            PSObject shown = PSObject.AsPSObject(status);
            if (Explain) shown.TypeNames.Insert(0, "HpcAgent.RunStatus#Explained");
            await WriteAsync(shown);
        }
    }
}
