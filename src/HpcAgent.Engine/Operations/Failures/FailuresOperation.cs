using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Monitoring;

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
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        DiagnosedRun run = await DiagnosedRun.LookAsync(context, request.RunId, request.TaskId, cancellationToken);
        int lines = request.Lines ?? UsualLines;
        IEnumerable<FailureGroup> groups = run.Groups();
        if (request.TaskId is { } wanted) groups = groups.Where(g => g.TaskId.Any(wanted.Contains));
        return new FailuresResult
        {
            Run = run.Record.Run,
            Scheduler = context.Cluster(run.Record.Run.Cluster).Scheduler,
            Status = run.Status,
            Groups = [.. groups.Select(g => WithLogs(g, run.Diagnosis, lines, request.IncludeLog))],
            FailedCount = run.Diagnosis.Tasks.Count,
            PreemptedTaskIds = [.. run.Diagnosis.Verdicts.Where(v => v.Category == FailureCategory.Preempted).Select(v => v.TaskId)],
            Outlook = RetryOutlook.Of(context, run),
            UnreadLogCount = run.Diagnosis.Tasks.Values.Count(t => t.State.HasTellingLog() && run.Diagnosis.Tails[t.TaskId].State == TaskTailState.Unread),
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
}
