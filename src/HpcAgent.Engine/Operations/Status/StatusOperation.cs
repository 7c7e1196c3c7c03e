using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Says where a run stands.</summary>
public sealed class StatusOperation : Operation<StatusRequest, StatusResult>
{
    /// <inheritdoc />
    public override string Name => "status";

    /// <inheritdoc />
    public override string Summary => "Says where a run stands.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<StatusRequest> RequestType => RequestJson.Default.StatusRequest;

    /// <inheritdoc />
    public override async Task<StatusResult> ExecuteAsync(
        StatusRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        (Runs.RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, request.RunId, cancellationToken, wantsUsage: request.Tasks, explain: request.Explain);
        return new StatusResult { Run = record.Run, Status = status, Tasks = request.Tasks ? Tasks(view, status) : null };
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, StatusResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.Run.RunId);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(result.Status.State));
        ResultJson.WriteStatus(writer, result.Status, result.Tasks);
        writer.WriteEndObject();
    }

    private static IEnumerable<RunTaskStatus> Tasks(RunView view, RunStatus status)
    {
        using TaskTable? table = Directory.Exists(view.Layout.Tasks) ? TaskTable.Open(view.Layout.Tasks) : null;
        for (long id = 0; id < view.Ledger.TaskCount; id++)
        {
            RunTaskStatus task = view.Ledger.ToStatus(view.Run.RunId, id, status.ObservedAt);
            yield return table is null ? task : task with { Parameters = table.Read(id).Parameters };
        }
    }
}
