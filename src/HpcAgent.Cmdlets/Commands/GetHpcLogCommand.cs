using System.Globalization;
using System.Management.Automation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Logs;
using HpcAgent.Engine.Operations.Status;

namespace HpcAgent.Cmdlets;

[Cmdlet(VerbsCommon.Get, "HpcLog", DefaultParameterSetName = Once)]
[OutputType(typeof(RunTaskLog), ParameterSetName = [Once])]
[OutputType(typeof(string), ParameterSetName = [Following])]
public sealed class GetHpcLogCommand : TaskCmdlet
{
    private const string Once = "Once";
    private const string Following = "Follow";

    [Parameter]
    [ValidateRange(1, 1_000_000)]
    public int Tail { get; set; } = 50;

    [Parameter(ParameterSetName = Once)]
    public SwitchParameter Failed { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = Following)]
    public SwitchParameter Follow { get; set; }

    protected override bool HasDefaultRuns => true;

    private protected override Task WorkAsync(IReadOnlyList<RunTarget> targets, CancellationToken token) =>
        Follow ? Task.WhenAll(targets.Select(target => ForEachAsync([target], one => FollowAsync(one, token)))) : ForEachAsync(targets, target => ShowAsync(target, token));

    private async Task ShowAsync(RunTarget target, CancellationToken token)
    {
        OperationContext context = Context(target.ExperimentPath);
        (Run run, IReadOnlyList<long> ids) = await ChooseAsync(target, context, token);
        if (ids.Count == 0 && !Failed)
        {
            Post(() => WriteVerbose($"{run.RunId}: no task has failed; name the tasks whose logs you want with -TaskId."));
            return;
        }
        LogsRequest request = new() { RunId = run.RunId, TaskId = ids, AllFailed = Failed, Lines = Tail };
        foreach (TaskLog log in (await new LogsOperation().ExecuteAsync(request, context, token)).Logs)
        {
            await WriteAsync(new RunTaskLog
            {
                RunId = run.RunId,
                Cluster = run.Cluster,
                ExperimentPath = run.ExperimentPath,
                TaskId = log.TaskId,
                LogPath = log.Path,
                ExitCode = log.ExitCode,
                IsMissing = log.IsMissing,
                Content = log.Content,
            });
        }
    }

    private async Task FollowAsync(RunTarget target, CancellationToken token)
    {
        OperationContext context = Context(target.ExperimentPath);
        (Run run, IReadOnlyList<long> ids) = await ChooseAsync(target, context, token);
        if (ids.Count == 0)
            throw new HpcException(ErrorCode.SpecInvalid, $"which of the {run.TaskCount} tasks of {run.RunId} are to be followed is not said", "Name them with -TaskId.");
        await foreach (TaskLog piece in new LogFollower().FollowAsync(run.RunId, ids, Tail, context, token))
        {
            string start = ids.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"{piece.TaskId}: ") : "";
            string[] lines = [.. piece.Content.TrimEnd('\n').Split('\n').Select(line => start + line.TrimEnd('\r'))];
            await OnPipelineAsync(() => WriteObject(lines, enumerateCollection: true));
        }
    }

    // Those that are named; else those that failed; else the only one.
    private async Task<(Run Run, IReadOnlyList<long> Ids)> ChooseAsync(RunTarget target, OperationContext context, CancellationToken token)
    {
        bool named = TasksOf(target) is not null;
        StatusResult result = await new StatusOperation().ExecuteAsync(new StatusRequest { RunId = target.RunId, Tasks = !named && !Failed && !Follow }, context, token);
        if (TasksOf(target) is { } ids) return (result.Run, [.. ids]);
        if (result.Run.TaskCount == 1) return (result.Run, [0]);
        long[] failed = [.. (result.Tasks ?? []).Where(t => t.State is >= TaskState.Failed and <= TaskState.Lost).Select(t => t.TaskId)];
        return (result.Run, failed);
    }
}
