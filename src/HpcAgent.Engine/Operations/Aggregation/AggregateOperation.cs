using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>Reduces the metrics of a run's tasks exactly.</summary>
public sealed class AggregateOperation : Operation<AggregateRequest, AggregateResult>
{
    private static readonly TimeSpan s_packingPause = TimeSpan.FromSeconds(15);

    /// <inheritdoc />
    public override string Name => "aggregate-flow";

    /// <inheritdoc />
    public override string Summary => "Reduces the metrics of a run's tasks exactly, grouped by parameters.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Workflow;

    /// <inheritdoc />
    protected override JsonTypeInfo<AggregateRequest> RequestType => RequestJson.Default.AggregateRequest;

    /// <inheritdoc />
    public override async Task<AggregateResult> ExecuteAsync(
        AggregateRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        RunRecord asked = await RunLookup.FindAsync(context, request.RunId, cancellationToken);
        string? reducer = ReducerOf(request, asked);
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(
            context, request.RunId, cancellationToken, reducer is null ? ResultSelection.Packed : null, combine: PlaceOf(request));
        if (request.RequireComplete) RefuseIncomplete(view, status);
        if (reducer is { } command)
        {
            ReducerResult reduced = await context.Cluster(record.Run.Cluster).ReduceAsync(
                record.Run, command, TimeSpan.FromSeconds(request.TimeoutSec ?? 1800), cancellationToken);
            string? folder = request.DryRun ? null : await WriteAsync(request, context, record.Run.RunId, "reduced.json", reduced.Content, cancellationToken);
            return new AggregateResult(record.Run.RunId, null, status.State, folder, reduced) { NextCheckAfter = status.NextCheckAfter };
        }
        WaveReport waves = WaveReport.Of(view);
        if (waves.PackingJobId is not null)
            return new AggregateResult(record.Run.RunId, null, status.State, null) { Waves = waves, NextCheckAfter = s_packingPause };
        Aggregate aggregate = await ReduceAsync(request, record, view, cancellationToken);
        if (request.RequireComplete && !aggregate.IsComplete) throw Missing(aggregate);
        string? output = request.DryRun ? null : await WriteAsync(request, context, record.Run.RunId, "aggregate.json", AggregateJson.ToBytes(aggregate), cancellationToken);
        return new AggregateResult(record.Run.RunId, aggregate, status.State, output) { Waves = waves, NextCheckAfter = status.NextCheckAfter };
    }

    private static async Task<Aggregate> ReduceAsync(
        AggregateRequest request, RunRecord record, RunView view, CancellationToken cancellationToken)
    {
        RunLayout layout = view.Layout;
        using TaskTable table = TaskTable.Open(layout.Tasks);
        ResultFolder folder = ResultFolder.Parse(record.Sidecar?.ResultDirTemplate, record.Run.RunId);
        return await Aggregator.AggregateAsync(
            new AggregationRequest
            {
                RunId = record.Run.RunId,
                CmdSha = record.Run.CmdSha,
                IdentitySha = record.Run.IdentitySha,
                TaskCount = record.Run.TaskCount,
                Tasks = table.ReadAll(),
                GroupBy = request.By ?? GridParameters(table),
                Source = view.Packed is { } packed ? new PackedResults(packed.Paths) : new ResultFiles(id => Path.Combine(
                    layout.Results,
                    folder.IsDefault ? RunLayout.DefaultResultFolder(id) : folder.Format(table.Read(id)),
                    "metrics.json")),
                TaskIds = view.Ledger.TasksIn(state => state == TaskState.Complete),
                Probabilities = request.Quantiles ?? [],
            },
            cancellationToken);
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, AggregateResult result)
    {
        writer.WriteStartObject();
        writer.WriteString("run_id"u8, result.RunId);
        writer.WriteString("lifecycle_state"u8, ResultJson.Name(result.State));
        WriteWaves(writer, result.Waves);
        writer.WriteString("output_dir"u8, result.OutputFolder);
        ResultJson.WriteNextCheck(writer, result.NextCheckAfter);
        if (result.Aggregate is { } aggregate)
        {
            writer.WritePropertyName("aggregated_metrics"u8);
            AggregateJson.WriteMeans(writer, aggregate);
            writer.WritePropertyName("aggregate"u8);
            AggregateJson.Write(writer, aggregate);
        }
        if (result.Reduced is { } reduced)
        {
            writer.WriteString("output_path_remote"u8, reduced.OutputPath);
            writer.WritePropertyName("reduced"u8);
            // Written anew: the reducer may have put line breaks into it, and an answer is one line.
            using JsonDocument content = JsonDocument.Parse(reduced.Content);
            content.RootElement.WriteTo(writer);
            writer.WriteString("stderr_tail"u8, reduced.ErrorTail);
        }
        writer.WriteNull("escalation_reason"u8);
        writer.WriteEndObject();
    }

    private static void WriteWaves(Utf8JsonWriter writer, WaveReport waves)
    {
        WriteNumbers(writer, "combined_waves", waves.Combined);
        WriteNumbers(writer, "partial_waves", waves.Partial);
        WriteNumbers(writer, "failed_waves", waves.Failed.Select(wave => wave.Index));
        WriteNumbers(writer, "waves_combined_this_call", waves.CombinedThisCall);
        writer.WriteString("combiner_dir_local"u8, waves.Folder);
        if (waves.PackingJobId is { } job)
        {
            writer.WriteStartObject("packing"u8);
            writer.WriteString("job_id"u8, job);
            writer.WriteEndObject();
        }
        if (waves.Failed.Count > 0) ResultJson.WriteList(writer, "warnings", [.. waves.Failed.Select(wave => $"wave {wave.Index} could not be packed: {wave.Reason}")]);
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, IEnumerable<int> numbers)
    {
        writer.WriteStartArray(name);
        foreach (int number in numbers) writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static CombinePlace PlaceOf(AggregateRequest request) => request.Combine switch
    {
        "login" => CombinePlace.Login,
        "node" => CombinePlace.Node,
        _ => CombinePlace.Auto,
    };

    // The original's grid point: every parameter but the token that makes stochastic repeats differ.
    private static IReadOnlyList<string> GridParameters(TaskTable table) =>
        [.. table.Read(0).Parameters.Keys.Where(name => name != TaskIdentity.TrialToken)];

    private static void RefuseIncomplete(RunView view, RunStatus status)
    {
        if (status.State == LifecycleState.Complete) return;
        long open = status.Counts.TotalCount - status.Counts.CompleteCount;
        throw new HpcException(
            ErrorCode.PreconditionFailed,
            $"the run {view.Run.RunId} is {ResultJson.Name(status.State)}: {open} of {status.Counts.TotalCount} tasks are not complete",
            "Wait for them, send the failed ones again, or leave out require_complete for a partial aggregate.");
    }

    private static HpcException Missing(Aggregate aggregate) => new(
        ErrorCode.OutputsMissing,
        $"{aggregate.MissingTaskIds.Count} complete tasks of the run {aggregate.RunId} have no usable metrics.json: " +
        $"{string.Join(", ", aggregate.MissingTaskIds.Take(10))}{(aggregate.MissingTaskIds.Count > 10 ? ", ..." : "")}",
        "Let the command write metrics.json into $RESULT_DIR, or leave out require_complete.");

    private static string? ReducerOf(AggregateRequest request, RunRecord record)
    {
        if (request.Mode == "combiner-only") return null;
        string? declared = record.Sidecar?.AggregateDefaults is { ValueKind: JsonValueKind.Object } defaults &&
            defaults.TryGetProperty("aggregate_cmd", out JsonElement command) ? command.GetString() : null;
        string? reducer = request.AggregateCmd ?? declared;
        if (reducer is null && request.Mode == "cluster-reduce")
            throw new HpcException(ErrorCode.SpecInvalid, "mode is cluster-reduce and there is no reducer", "Give aggregate_cmd.");
        return reducer;
    }

    private static async Task<string> WriteAsync(
        AggregateRequest request, OperationContext context, string runId, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string folder = Path.GetFullPath(request.OutputDir ?? Path.Combine("_aggregated", runId), context.ExperimentPath);
        if (Path.GetFileName(folder) == "_combiner")
            throw new HpcException(ErrorCode.SpecInvalid, "output_dir cannot be a folder named _combiner", "Choose another folder.");
        _ = Directory.CreateDirectory(folder);
        await DurableFile.WriteAsync(Path.Combine(folder, name), content, cancellationToken);
        return folder;
    }
}
