using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Operations.Logs;

/// <summary>Shows the last lines of the logs of tasks.</summary>
public sealed class LogsOperation : Operation<LogsRequest, LogsResult>
{
    /// <inheritdoc />
    public override string Name => "logs";

    /// <inheritdoc />
    public override string Summary => "Shows the last lines of the logs of tasks.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<LogsRequest> RequestType => RequestJson.Default.LogsRequest;

    /// <inheritdoc />
    public override async Task<LogsResult> ExecuteAsync(
        LogsRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        (Runs.RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, request.RunId, cancellationToken);
        List<long> ids = [.. request.TaskId ?? []];
        if (request.AllFailed) ids.AddRange(view.Ledger.TasksIn(s => s.IsUnsuccessful()));
        if (ids.Count == 0 && !request.AllFailed)
            throw new HpcException(ErrorCode.SpecInvalid, "no task is named", "Give task_id, or all_failed.");
        Runs.KnownTasks.Require(record.Run, ids);
        IReadOnlyList<TaskLog> logs = await context.Cluster(record.Run.Cluster).ReadLogsAsync(
            record.Run,
            [.. ids.Distinct().Order().Select(id => view.Ledger.ToStatus(record.Run.RunId, id, status.ObservedAt))],
            request.Lines ?? 50,
            cancellationToken);
        return new LogsResult(logs, status.NextCheckAfter);
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, LogsResult result)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("logs"u8);
        foreach (TaskLog log in result.Logs)
        {
            writer.WriteStartObject();
            writer.WriteNumber("task_id"u8, log.TaskId);
            writer.WriteString("path"u8, log.Path);
            writer.WriteString("content"u8, log.Content);
            writer.WriteBoolean("missing"u8, log.IsMissing);
            if (log.ExitCode is { } exit) writer.WriteNumber("exit_code"u8, exit);
            else writer.WriteNull("exit_code"u8);
            writer.WriteBoolean("ssh_error"u8, false);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        ResultJson.WriteNextCheck(writer, result.NextCheckAfter);
        writer.WriteEndObject();
    }
}
