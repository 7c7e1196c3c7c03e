using System.Management.Automation;
using HpcAgent.Engine.Operations.Failures;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcFailure")]
[OutputType(typeof(FailureGroup))]
public sealed class GetHpcFailureCommand : TaskCmdlet
{
    [Parameter]
    public FailureCategory[]? Category { get; set; }

    [Parameter]
    public SwitchParameter IncludeLog { get; set; }

    protected override bool HasDefaultRuns => true;

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            FailuresRequest request = new() { RunId = target.RunId, TaskId = TasksOf(target)?.ToArray(), IncludeLog = IncludeLog };
            FailuresResult result = await new FailuresOperation().ExecuteAsync(request, Context(target.ExperimentPath), token);
            foreach (string warning in result.Status.Warnings) Post(() => WriteWarning($"{target.RunId}: {warning}"));
            if (result.FailedCount == 0) Post(() => WriteVerbose($"{target.RunId}: no task has failed."));
            if (result.UnreadLogCount > 0)
                Post(() => WriteWarning($"{target.RunId}: the logs of {result.UnreadLogCount} failed tasks have not been read yet; ask again for the rest."));
            foreach (FailureGroup group in result.Groups.Where(g => Category?.Contains(g.Category) != false))
            {
                FailureExemplar exemplar = group.Exemplar with { Parameters = TaskObject.Dictionary(group.Exemplar.Parameters) };
                await WriteAsync(group with { Exemplar = exemplar });
            }
        });
}
