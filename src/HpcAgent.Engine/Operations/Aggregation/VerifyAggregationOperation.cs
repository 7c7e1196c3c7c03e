using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>Looks whether an aggregate holds all of its run and nothing else. A violated invariant is an answer and no error.</summary>
public sealed class VerifyAggregationOperation : Operation<VerifyAggregationRequest, AggregateCheck>
{
    private const int ViolatedExitCode = 2;

    /// <inheritdoc />
    public override string Name => "verify-aggregation-complete";

    /// <inheritdoc />
    public override string Summary => "Says whether an aggregate holds all of its run and nothing else, and comes out the same again.";

    /// <inheritdoc />
    public override OperationKind Kind => OperationKind.Query;

    /// <inheritdoc />
    protected override JsonTypeInfo<VerifyAggregationRequest> RequestType => RequestJson.Default.VerifyAggregationRequest;

    /// <inheritdoc />
    public override async Task<AggregateCheck> ExecuteAsync(VerifyAggregationRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        string? folder = request.CombinerDir is { } named ? Path.GetFullPath(named, context.ExperimentPath) : null;
        if (folder is not null && !Directory.Exists(folder))
            throw new HpcException(ErrorCode.SpecInvalid, $"combiner_dir {folder} is no folder", "Give the folder with the waves.");
        folder = folder is null ? null : Path.TrimEndingDirectorySeparator(folder);
        (RunRecord? record, RunView? view) = await FindAsync(request, context, folder, cancellationToken);
        VerificationSubject subject = folder is null ? await OfViewAsync(record!, view!, cancellationToken) : await OfFolderAsync(record, view, folder, cancellationToken);
        using RunResults results = subject.Results;
        AggregateCheck check = await AggregateVerifier.VerifyAsync(
            subject with
            {
                Recorded = await RecordedAsync(request, context, results.RunId, folder, cancellationToken),
                TableFolder = request.ResultsDir is { } tables ? Path.GetFullPath(tables, context.ExperimentPath) : view?.Layout.Results,
            },
            cancellationToken);
        if (!check.IsComplete) context.ExitCode = ViolatedExitCode;
        return check;
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, AggregateCheck result) => AggregateCheckJson.Write(writer, result);

    // An archive is enough by itself; where the run is known, it says what must be there.
    private static async Task<(RunRecord? Record, RunView? View)> FindAsync(
        VerifyAggregationRequest request, OperationContext context, string? folder, CancellationToken cancellationToken)
    {
        string? runId = request.RunId;
        if (runId is null && folder is null) throw new HpcException(ErrorCode.SpecInvalid, "run_id is missing", "Name the run, or give the folder of an archive as combiner_dir.");
        if (runId is null) return default;
        RunRecord? known = await RunLookup.Store(context).FindAsync(RunId.Require(runId), cancellationToken);
        if (known is null && folder is not null && await WaveArchive.ManifestAsync(WaveArchive.HomeOf(folder), cancellationToken) is not null) return default;
        RunRecord record = known ?? await RunLookup.FindAsync(context, runId, cancellationToken);
        RunView view = context.Cluster(record.Run.Cluster).View(record);
        view.WantsAudit = folder is null;
        bool needsTables = request.ResultsDir is null && ColumnAudit.Of(record.Sidecar?.Results) is not null;
        if (folder is null || needsTables || !Directory.Exists(view.Layout.Tasks))
            _ = await RunLookup.LookAgainAsync(context, record, view, cancellationToken, needsTables ? ResultSelection.Files : ResultSelection.Packed);
        return (record, view);
    }

    private static async Task<VerificationSubject> OfViewAsync(RunRecord record, RunView view, CancellationToken cancellationToken)
    {
        RunResults results = RunResults.OfView(record, view);
        if (view.Packed is not { } packed) return new VerificationSubject(results) { StrayTaskIds = StrayResults.In(results) };
        return new VerificationSubject(results)
        {
            Waves = packed.Paths,
            Manifest = await WaveArchive.ManifestAsync(view.Layout.Root, cancellationToken),
            ArchiveFolder = view.Layout.Root,
            StrayTaskIds = packed.StrayTaskIds,
            WaveFaults =
            [
                .. packed.Failed.Select(wave => FormattableString.Invariant($"wave {wave.Index} could not be packed: {wave.Reason}")),
                .. packed.Differing.Select(wave => FormattableString.Invariant(
                    $"the files of wave {wave.Index} are not those that were packed ({wave.Reason}); it is packed again when its pack is deleted in the run's folder on the cluster, waves/{wave.Index}.ndjson")),
            ],
        };
    }

    private static async Task<VerificationSubject> OfFolderAsync(RunRecord? record, RunView? view, string folder, CancellationToken cancellationToken)
    {
        IReadOnlyList<OriginalPartial> partials = OriginalPartial.In(folder);
        IReadOnlyList<string> waves = WaveArchive.PacksIn(folder);
        string home = WaveArchive.HomeOf(folder);
        WaveManifest? manifest = await WaveArchive.ManifestAsync(home, cancellationToken);
        bool hasRecords = waves.Count > 0 || (manifest is not null && partials.Count == 0);
        if (!hasRecords && partials.Count == 0)
            throw new HpcException(ErrorCode.OutputsMissing, $"combiner_dir {folder} holds no waves", "It should hold *.ndjson, *.ndjson.gz or wave_N.json.");
        RunResults results = record is null ? await WaveArchive.OpenAsync([folder], cancellationToken)
            : hasRecords ? RunResults.OfWaves(record.Sidecar ?? throw Lost(record.Run.RunId), view!.Layout.Tasks, waves, folder)
            : RunResults.OfRun(record, view!.Layout, null);
        return new VerificationSubject(results) { Partials = partials, Waves = waves, HasRecords = hasRecords, Manifest = manifest, ArchiveFolder = home };
    }

    private static async Task<RecordedAggregate?> RecordedAsync(
        VerifyAggregationRequest request, OperationContext context, string runId, string? folder, CancellationToken cancellationToken)
    {
        const string name = "aggregate.json";
        if (request.OutputDir is { } named)
        {
            string path = Path.Combine(Path.GetFullPath(named, context.ExperimentPath), name);
            return await RecordedAggregate.TryReadAsync(path, cancellationToken)
                ?? throw new HpcException(ErrorCode.SpecInvalid, $"there is no {path}", "Give the folder into which aggregate-flow wrote.");
        }
        if (folder is not null && await RecordedAggregate.TryReadAsync(Path.Combine(WaveArchive.HomeOf(folder), name), cancellationToken) is { } beside) return beside;
        return await RecordedAggregate.TryReadAsync(Path.Combine(context.ExperimentPath, "_aggregated", runId, name), cancellationToken);
    }

    private static HpcException Lost(string runId) => new(
        ErrorCode.PreconditionFailed, $"the record of the run {runId} is lost", "Restore .hpc/runs/<run id>.json from version control or the cluster.");
}
