using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Prior;

/// <summary>Lists the runs that have not ended, from the journal alone.</summary>
public sealed class ListInFlightOperation : Operation<ListInFlightRequest, RunListing>
{
    /// <inheritdoc />
    public override string Name => "list-in-flight";

    /// <inheritdoc />
    public override string Summary => "Lists the runs that have not ended, as far as the journal knows.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override ListInFlightRequest? EmptyRequest => new();

    /// <inheritdoc />
    protected override JsonTypeInfo<ListInFlightRequest> RequestType => RequestJson.Default.ListInFlightRequest;

    /// <inheritdoc />
    public override async Task<RunListing> ExecuteAsync(
        ListInFlightRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        if (request.All) return await RunStore.ListInFlightAsync(context.State, context.Clock, cancellationToken);
        RunListing all = await RunLookup.Store(context).ListAsync(cancellationToken: cancellationToken);
        return all with { Runs = [.. all.Runs.Where(r => r.Journal.IsLive)] };
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, RunListing result)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("runs"u8);
        foreach (RunRecord record in result.Runs)
        {
            writer.WriteStartObject();
            ResultJson.WriteRun(writer, record.Run);
            writer.WriteString("lifecycle_state"u8, ResultJson.Name(record.Run.State));
            if (record.Journal.Counts is { } counts)
            {
                writer.WritePropertyName("last_summary"u8);
                ResultJson.WriteSummary(writer, counts);
            }
            DateTimeOffset known = record.Journal.ObservedAt ?? record.Run.SubmittedAt;
            ResultJson.WriteNextCheck(writer, LookPace.Unseen(record.Run.State, record.Run.Cluster, known - record.Run.SubmittedAt));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        ResultJson.WriteList(writer, "warnings", result.Warnings);
        writer.WriteEndObject();
    }
}
