using System.Management.Automation;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcRunTask")]
[OutputType(typeof(RunTaskStatus))]
public sealed class GetHpcRunTaskCommand : TaskCmdlet
{
    private const int Batch = 200;

    [Parameter]
    public TaskState[]? State { get; set; }

    protected override bool HasDefaultRuns => true;

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        ForEachAsync(targets, async target =>
        {
            StatusResult result = await new StatusOperation().ExecuteAsync(
                new StatusRequest { RunId = target.RunId, Tasks = true }, Context(target.ExperimentPath), token);
            IReadOnlyCollection<long>? wanted = TasksOf(target);
            KnownTasks.Require(result.Run, wanted);
            IEnumerable<RunTaskStatus> tasks = result.Tasks!
                .Where(t => wanted?.Contains(t.TaskId) != false && State?.Contains(t.State) != false)
                .Select(t => t with
                {
                    Cluster = result.Run.Cluster,
                    ExperimentPath = result.Run.ExperimentPath,
                    Parameters = TaskObject.Dictionary(t.Parameters),
                });
            foreach (RunTaskStatus[] some in tasks.Chunk(Batch)) await OnPipelineAsync(() => WriteObject(some, enumerateCollection: true));
        });
}
