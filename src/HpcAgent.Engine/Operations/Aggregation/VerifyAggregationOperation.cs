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
        (RunRecord? record, RunView? view, bool isRunKnown) = await FindAsync(request, context, folder, cancellationToken);
        using RunResults results = isRunKnown
            ? RunResults.OfRun(record!, view!.Layout, folder is null ? [.. view.Ledger.TasksIn(state => state == TaskState.Complete)] : null)
            : await WaveArchive.OpenAsync([folder!], cancellationToken);
        VerificationSubject subject = await SubjectAsync(results, folder, cancellationToken);
        using RunResults? packed = isRunKnown && subject.Waves.Count > 0
            ? RunResults.OfWaves(record!.Sidecar ?? throw Lost(record.Run.RunId), view!.Layout.Tasks, subject.Waves, folder!)
            : null;
        AggregateCheck check = await AggregateVerifier.VerifyAsync(
            subject with
            {
                Results = packed ?? results,
                Recorded = await RecordedAsync(request, context, results.RunId, folder, cancellationToken),
                TableFolder = request.ResultsDir is { } tables ? Path.GetFullPath(tables, context.ExperimentPath) : isRunKnown ? view!.Layout.Results : null,
            },
            cancellationToken);
        if (!check.IsComplete) context.ExitCode = ViolatedExitCode;
        return check;
    }

    /// <inheritdoc />
    protected override void WriteData(Utf8JsonWriter writer, AggregateCheck result) => AggregateCheckJson.Write(writer, result);

    // An archive is enough by itself; where the run is known, it says what must be there.
    private static async Task<(RunRecord? Record, RunView? View, bool IsRunKnown)> FindAsync(
        VerifyAggregationRequest request, OperationContext context, string? folder, CancellationToken cancellationToken)
    {
        string? runId = request.RunId;
        if (runId is null && folder is null) throw new HpcException(ErrorCode.SpecInvalid, "run_id is missing", "Name the run, or give the folder of an archive as combiner_dir.");
        if (runId is null) return default;
        RunRecord? known = await RunLookup.Store(context).FindAsync(RunId.Require(runId), cancellationToken);
        if (known is null && folder is not null && await WaveArchive.ManifestAsync(folder, cancellationToken) is not null) return default;
        RunRecord record = known ?? await RunLookup.FindAsync(context, runId, cancellationToken);
        RunView view = context.Cluster(record.Run.Cluster).View(record);
        bool needsTables = request.ResultsDir is null && ColumnAudit.Of(record.Sidecar?.Results) is not null;
        if (folder is null || needsTables || !Directory.Exists(view.Layout.Tasks))
            _ = await RunLookup.LookAgainAsync(context, record, view, cancellationToken, needsTables ? ResultSelection.Files : ResultSelection.Metrics);
        return (record, view, true);
    }

    private static async Task<VerificationSubject> SubjectAsync(RunResults results, string? folder, CancellationToken cancellationToken)
    {
        if (folder is null) return new VerificationSubject(results);
        IReadOnlyList<OriginalPartial> partials = OriginalPartial.In(folder);
        string[] waves = [.. WaveFile.In(folder), .. WaveFile.In(Path.Combine(folder, "waves"))];
        string home = Path.GetFileName(folder) == "waves" && !File.Exists(Path.Combine(folder, WaveManifest.FileName)) ? Path.GetDirectoryName(folder)! : folder;
        if (waves.Length + partials.Count == 0)
            throw new HpcException(ErrorCode.OutputsMissing, $"combiner_dir {folder} holds no waves", "It should hold *.ndjson, *.ndjson.gz or wave_N.json.");
        return new VerificationSubject(results)
        {
            Partials = partials,
            Waves = waves,
            HasRecords = waves.Length > 0,
            Manifest = await WaveArchive.ManifestAsync(home, cancellationToken),
            ArchiveFolder = home,
        };
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
        if (folder is not null && await RecordedAggregate.TryReadAsync(Path.Combine(folder, name), cancellationToken) is { } beside) return beside;
        return await RecordedAggregate.TryReadAsync(Path.Combine(context.ExperimentPath, "_aggregated", runId, name), cancellationToken);
    }

    private static HpcException Lost(string runId) => new(
        ErrorCode.PreconditionFailed, $"the record of the run {runId} is lost", "Restore .hpc/runs/<run id>.json from version control or the cluster.");
}
