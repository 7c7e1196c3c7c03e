using System.Runtime.ExceptionServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Compares the record of a run with its cluster (reference 5.9). The cluster wins; one that cannot be asked changes nothing.</summary>
public sealed class ReconcileOperation : Operation<ReconcileRequest, RunReconciliation>
{
    /// <inheritdoc />
    public override string Name => "reconcile";

    /// <inheritdoc />
    public override string Summary => "Compares the record of a run with its cluster; the cluster wins.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<ReconcileRequest> RequestType => RequestJson.Default.ReconcileRequest;

    /// <inheritdoc />
    public override async Task<RunReconciliation> ExecuteAsync(
        ReconcileRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        (RunReconciliation? found, HpcException? error) =
            (await new RunReconciler(_ => context).ReconcileAsync([(request.RunId, context.ExperimentPath)], cancellationToken))[0];
        if (error is not null) ExceptionDispatchInfo.Throw(error);
        return found!;
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, RunReconciliation result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(result.State));
        writer.WriteString("recorded_state"u8, ResultJson.Name(result.RecordedState));
        writer.WriteStartArray("combined_waves"u8);
        writer.WriteEndArray();
        writer.WriteStartArray("drift"u8);
        foreach (RunDifference difference in result.Differences)
        {
            writer.WriteStartObject();
            writer.WriteString("field"u8, difference.Field);
            writer.WriteString("recorded"u8, difference.Recorded);
            writer.WriteString("found"u8, difference.Found);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (result.Status is { } status)
        {
            ResultJson.WriteStatus(writer, status, null);
        }
        else
        {
            ResultJson.WriteList(writer, "warnings", result.Warnings);
            ResultJson.WriteNextCheck(writer, TimeSpan.FromMinutes(1));
        }
        writer.WriteEndObject();
    }
}
