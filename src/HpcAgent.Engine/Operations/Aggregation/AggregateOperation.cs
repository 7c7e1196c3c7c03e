using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

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
        if (request.WavesDir is { } waves) return await ReduceWavesAsync(request, waves, context, cancellationToken);
        string runId = request.RunId ?? throw new HpcException(ErrorCode.SpecInvalid, "run_id is missing", "Name the run, or give waves_dir.");
        RunRecord asked = await RunLookup.FindAsync(context, runId, cancellationToken);
        string? reducer = ReducerOf(request, asked);
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(
            context, runId, cancellationToken, reducer is not null ? null : ResultSelection.Packed, combine: PlaceOf(request));
        if (request.RequireComplete) RefuseIncomplete(view, status);
        if (reducer is { } command)
        {
            ReducerResult reduced = (await context.Cluster(record.Run.Cluster).ReduceAsync(
                record.Run, new ReducerRequest(command, TimeSpan.FromSeconds(request.TimeoutSec ?? 1800)), cancellationToken)).Require();
            string? folder = request.DryRun ? null : await WriteAsync(request, context, record.Run.RunId, "reduced.json", reduced.Content, cancellationToken);
            return new AggregateResult(record.Run.RunId, null, status.State, folder, reduced) { NextCheckAfter = status.NextCheckAfter };
        }
        WaveReport waveReport = WaveReport.Of(view);
        if (waveReport.PackingJobId is not null)
            return new AggregateResult(record.Run.RunId, null, status.State, null) { Waves = waveReport, NextCheckAfter = s_packingPause };
        using RunResults results = RunResults.OfView(record, view);
        Aggregate aggregate = await results.AggregateAsync(request.By, request.Quantiles ?? [], cancellationToken);
        // The mirror of a cluster's run is an archive: now it can say of which inputs the aggregate was made.
        if (results.Packed is not null && await WaveArchive.ManifestAsync(view.Layout.Root, cancellationToken) is { } manifest)
            await WaveArchive.WriteManifestAsync(view.Layout.Root, manifest with { InputDigest = aggregate.InputDigest }, cancellationToken);
        if (request.RequireComplete && !aggregate.IsComplete) throw Missing(aggregate);
        string? output = request.DryRun ? null : await WriteAsync(request, context, record.Run.RunId, "aggregate.json", AggregateJson.ToBytes(aggregate), cancellationToken);
        if (request.KeepWaves && output is not null) _ = await WaveArchiveWriter.WriteAsync(results, view.Layout.Tasks, output, aggregate.InputDigest, cancellationToken);
        return new AggregateResult(record.Run.RunId, aggregate, status.State, output) { Waves = waveReport, NextCheckAfter = status.NextCheckAfter };
    }

    /// <summary>Reduces packed waves, with nothing but what is beside them: no journal, no cluster.</summary>
    /// <param name="paths">Absolute paths of the folder of an archive, or of packed files.</param>
    /// <param name="request">How to reduce them; where it names a run, they must be that run's.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="HpcException">There are no such files, or what belongs beside them is missing.</exception>
    public static async Task<Aggregate> FromWavesAsync(IReadOnlyList<string> paths, AggregateRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        using RunResults results = await WaveArchive.OpenAsync(paths, cancellationToken);
        if (request.RunId is { } wanted && wanted != results.RunId)
            throw new HpcException(ErrorCode.SpecInvalid, $"the packed waves are those of the run {results.RunId} and not of {wanted}", "Name that run, or none.");
        Aggregate aggregate = await WithFaultsAsync(await results.AggregateAsync(request.By, request.Quantiles ?? [], cancellationToken), results, cancellationToken);
        return request.RequireComplete && !aggregate.IsComplete ? throw Missing(aggregate) : aggregate;
    }

    /// <summary>The metrics of each task by itself, of a run or of packed waves.</summary>
    /// <param name="request">Which; what it says of statistics is not used.</param>
    /// <param name="paths">Absolute paths of the folder of an archive, or of packed files; none for the run's own results.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static async Task<RawResults> ReadRawAsync(
        AggregateRequest request, IReadOnlyList<string> paths, OperationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(paths);
        RunResults results = paths.Count > 0 ? await WaveArchive.OpenAsync(paths, cancellationToken) : await OfRunAsync(request, context, cancellationToken);
        try
        {
            Aggregate whole = await results.AggregateAsync([], [], cancellationToken);
            if (paths.Count > 0) whole = await WithFaultsAsync(whole, results, cancellationToken);
            return request.RequireComplete && !whole.IsComplete ? throw Missing(whole) : new RawResults(results, whole);
        }
        catch
        {
            results.Dispose();
            throw;
        }
    }

    // A wave of another run, or one that is not as it was packed, would otherwise go into the numbers without a word.
    private static async Task<Aggregate> WithFaultsAsync(Aggregate aggregate, RunResults results, CancellationToken cancellationToken)
    {
        if (await WaveArchive.ManifestAsync(results.Folder, cancellationToken) is not { } manifest) return aggregate;
        VerificationSubject subject = new(results) { Waves = ((PackedResults)results.Source).Paths, Manifest = manifest, ArchiveFolder = results.Folder };
        IReadOnlyList<string> faults = await ArchiveAudit.FaultsAsync(results, subject, cancellationToken);
        string path = Path.Combine(results.Folder, WaveManifest.FileName);
        return aggregate with { Problems = [.. faults.Select(fault => new AggregateProblem(-1, path, fault)), .. aggregate.Problems] };
    }

    private static async Task<RunResults> OfRunAsync(AggregateRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, request.RunId ?? "", cancellationToken, ResultSelection.Packed, combine: PlaceOf(request));
        if (request.RequireComplete) RefuseIncomplete(view, status);
        return RunResults.OfView(record, view);
    }

    private static async Task<AggregateResult> ReduceWavesAsync(
        AggregateRequest request, string waves, OperationContext context, CancellationToken cancellationToken)
    {
        if (request.KeepWaves) throw new HpcException(ErrorCode.SpecInvalid, "keep_waves writes packed waves and waves_dir reads them", "Give one of the two.");
        Aggregate aggregate = await FromWavesAsync([Path.GetFullPath(waves, context.ExperimentPath)], request, cancellationToken);
        string? output = request.DryRun ? null : await WriteAsync(request, context, aggregate.RunId, "aggregate.json", AggregateJson.ToBytes(aggregate), cancellationToken);
        return new AggregateResult(aggregate.RunId, aggregate, aggregate.IsComplete ? LifecycleState.Complete : LifecycleState.UnableToVerify, output);
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
        string? reducer = request.AggregateCmd ?? DeclaredReducer(record);
        if (reducer is null && request.Mode == "cluster-reduce")
            throw new HpcException(ErrorCode.SpecInvalid, "mode is cluster-reduce and there is no reducer", "Give aggregate_cmd.");
        return reducer;
    }

    /// <summary>The reducer that a run's record declares, or null.</summary>
    internal static string? DeclaredReducer(RunRecord record) => record.Sidecar?.AggregateDefaults is { ValueKind: JsonValueKind.Object } defaults &&
        defaults.TryGetProperty("aggregate_cmd", out JsonElement command) && command.ValueKind == JsonValueKind.String ? command.GetString() : null;

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
