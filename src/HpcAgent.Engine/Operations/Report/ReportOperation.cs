using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Operations.Report;

/// <summary>Writes the report of a run.</summary>
public sealed class ReportOperation : Operation<ReportRequest, ReportResult>
{
    /// <inheritdoc />
    public override string Name => "export-report";

    /// <inheritdoc />
    public override string Summary => "Writes one HTML file that shows a run: its course, what its tasks used, why some failed, and its aggregate.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Workflow;

    /// <inheritdoc />
    protected override JsonTypeInfo<ReportRequest> RequestType => RequestJson.Default.ReportRequest;

    /// <inheritdoc />
    public override async Task<ReportResult> ExecuteAsync(ReportRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        string path = PathOf(request.Output, request.RunId, context.ExperimentPath);
        // What stands in the way is said before the cluster is asked.
        ReportFile.RequireFree(path, request.Overwrite);
        ReportData data = await ReportGathering.GatherAsync(request, context, cancellationToken);
        long bytes = await ReportFile.WriteAsync(path, ReportDocument.Write(data), request.Overwrite, cancellationToken);
        return new ReportResult(data.Run.RunId, path, bytes, data.Status.State, data.Aggregate is not { IsComplete: true });
    }

    /// <summary>The absolute path of the file. The default is never part of the code of a run.</summary>
    /// <param name="output">The path wanted, or null.</param>
    /// <param name="runId">The run.</param>
    /// <param name="experimentPath">The absolute folder of the experiment.</param>
    public static string PathOf(string? output, string runId, string experimentPath) =>
        Path.GetFullPath(output ?? Path.Combine("_aggregated", runId, "report.html"), experimentPath);

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, ReportResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(result.State));
        writer.WriteString("path"u8, result.Path);
        writer.WriteNumber("bytes"u8, result.ByteCount);
        writer.WriteBoolean("partial"u8, result.IsPartial);
        writer.WriteEndObject();
    }
}
