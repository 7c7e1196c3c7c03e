using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Failures;

/// <summary>Says why tasks of a run failed.</summary>
public sealed class FailuresOperation : Operation<FailuresRequest, FailuresResult>
{
    private const int UsualLines = 50;

    /// <inheritdoc />
    public override string Name => "failures";

    /// <inheritdoc />
    public override string Summary => "Says why tasks of a run failed, and what they have in common.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<FailuresRequest> RequestType => RequestJson.Default.FailuresRequest;

    /// <inheritdoc />
    public override async Task<FailuresResult> ExecuteAsync(FailuresRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        // Rules that cannot be used are said before the cluster is asked.
        FailureRuleSet rules = FailureRuleSet.Load(context.ExperimentPath);
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, request.RunId, cancellationToken);
        if (request.TaskId?.Any(id => id < 0 || id >= record.Run.TaskCount) == true)
        {
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"the run {record.Run.RunId} has no task {request.TaskId.First(id => id < 0 || id >= record.Run.TaskCount)}",
                $"Its tasks are 0 to {record.Run.TaskCount - 1}.");
        }
        ICluster cluster = context.Cluster(record.Run.Cluster);
        IReadOnlyList<RunTaskStatus> failed = FailureDiagnosis.FailedTasks(view, status.ObservedAt);
        Func<RunTaskStatus, TaskTail> tails = await TailsAsync(cluster, record.Run, failed, cancellationToken);
        FailureDiagnosis diagnosis = FailureDiagnosis.Of(failed, tails, rules);
        int lines = request.Lines ?? UsualLines;
        IEnumerable<FailureGroup> groups = new FailureReport(view, diagnosis).Groups();
        if (request.TaskId is { } wanted) groups = groups.Where(g => g.TaskId.Any(wanted.Contains));
        return new FailuresResult
        {
            Run = record.Run,
            Scheduler = cluster.Scheduler,
            Status = status,
            Groups = [.. groups.Select(g => WithLogs(g, diagnosis, lines, request.IncludeLog))],
            FailedCount = failed.Count,
            PreemptedTaskIds = [.. diagnosis.Verdicts.Where(v => v.Category == FailureCategory.Preempted).Select(v => v.TaskId)],
            UnreadLogCount = diagnosis.Tails.Values.Count(t => t.State == TaskTailState.Unread),
        };
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, FailuresResult result) => FailuresJson.Write(writer, result);

    private static FailureGroup WithLogs(FailureGroup group, FailureDiagnosis diagnosis, int lines, bool all) => group with
    {
        Exemplar = group.Exemplar with { Log = Last(group.Exemplar.Log, lines) },
        Logs = !all ? [] : [.. group.TaskId.Select(id => new RunTaskLog
        {
            RunId = group.RunId,
            Cluster = group.Cluster,
            ExperimentPath = group.ExperimentPath,
            TaskId = id,
            LogPath = diagnosis.Tails[id].Path,
            ExitCode = diagnosis.Tasks[id].ExitCode,
            IsMissing = diagnosis.Tails[id].State == TaskTailState.Missing,
            Content = Last(diagnosis.Tails[id].Text, lines),
        })],
    };

    private static string Last(string text, int lines)
    {
        int at = text.EndsWith('\n') ? text.Length - 1 : text.Length;
        for (int n = 0; n < lines && at > 0; n++) at = text.LastIndexOf('\n', at - 1);
        return at <= 0 ? text : text[(at + 1)..];
    }

    private static async Task<Func<RunTaskStatus, TaskTail>> TailsAsync(ICluster cluster, Run run, IReadOnlyList<RunTaskStatus> failed, CancellationToken cancellationToken)
    {
        IReadOnlyList<TaskLog> logs = await cluster.ReadLogsAsync(run, failed, UsualLines, cancellationToken);
        Dictionary<long, TaskLog> known = logs.ToDictionary(l => l.TaskId);
        return task => known.TryGetValue(task.TaskId, out TaskLog? log)
            ? new TaskTail(task.TaskId, task.Attempt, log.IsMissing ? TaskTailState.Missing : TaskTailState.Read, log.Content, log.Path)
            : new TaskTail(task.TaskId, task.Attempt, TaskTailState.Unread, "", "");
    }
}
