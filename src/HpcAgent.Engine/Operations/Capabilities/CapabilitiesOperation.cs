using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Capabilities;

/// <summary>Says what this program can do.</summary>
public sealed class CapabilitiesOperation : Operation<CapabilitiesRequest, CapabilitiesResult>
{
    private static readonly string[] s_environment =
    [
        "HPC_JOURNAL_DIR", "HPC_PYTHON", "HPC_LOCAL_SLOTS", "HPC_LOCAL_MEMORY_BYTES", "HPC_LOCAL_MAX_LOG_BYTES", "HPC_LOCAL_LINGER_SEC",
        "HPC_LOCAL_FORK", "HPC_CANARY_TTL_SEC", "HPC_AGENT_ALWAYS_CANARY",
    ];

    /// <inheritdoc />
    public override string Name => "capabilities";

    /// <inheritdoc />
    public override string Summary => "Says what this program can do.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override CapabilitiesRequest? EmptyRequest => new();

    /// <inheritdoc />
    protected override JsonTypeInfo<CapabilitiesRequest> RequestType => RequestJson.Default.CapabilitiesRequest;

    /// <inheritdoc />
    public override Task<CapabilitiesResult> ExecuteAsync(
        CapabilitiesRequest request, OperationContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new CapabilitiesResult(
            typeof(CapabilitiesOperation).Assembly.GetName().Version?.ToString(3) ?? "", [.. context.ClusterNames], context.State.Root, request.Full));

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, CapabilitiesResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("version"u8, result.Version);
        ResultJson.WriteList(writer, "subcommands", OperationCatalogue.All.Select(o => o.Name).Append("quickstart"));
        ResultJson.WriteList(writer, "supported_schedulers", ["local"]);
        ResultJson.WriteList(writer, "clusters", result.ClusterNames);
        writer.WriteString("journal_dir"u8, result.JournalFolder);
        writer.WriteBoolean("ssh_multiplexing"u8, false);
        ResultJson.WriteList(writer, "required_env", []);
        ResultJson.WriteList(writer, "optional_env", s_environment);
        writer.WriteStartArray("operations"u8);
        foreach (IOperation operation in OperationCatalogue.All)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, operation.Name);
            writer.WriteString("kind"u8, operation.Kind.ToString().ToLowerInvariant());
            writer.WriteBoolean("idempotent"u8, true);
            writer.WriteString("summary"u8, operation.Summary);
            if (result.HasSchemas)
            {
                writer.WritePropertyName("input_schema"u8);
                SchemaStore.Load(operation.Name).Json.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
