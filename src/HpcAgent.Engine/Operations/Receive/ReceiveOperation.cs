using System.IO.Enumeration;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Receive;

/// <summary>Copies result files of complete tasks to this machine.</summary>
public sealed class ReceiveOperation
{
    private long _tasks;
    private long _files;
    private long _bytes;
    private long _skipped;

    /// <summary>Copies the files. Each appears under its name only when all of it is there.</summary>
    /// <param name="request">Which files, and where to.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="progress">Told how many files were dealt with.</param>
    /// <param name="cancellationToken">Ends the work between two files; doing it again copies the rest.</param>
    /// <exception cref="HpcException">There is no such run or task, or a file is in the way.</exception>
    public async Task<ReceivedResults> ExecuteAsync(
        ReceiveRequest request, OperationContext context, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        (RunRecord record, RunView view, RunStatus _) = await RunLookup.LookAsync(context, request.RunId, cancellationToken);
        Run run = record.Run;
        FetchResult fetched = await context.Cluster(run.Cluster).FetchAsync(view, new FetchRequest { Patterns = request.Patterns, Progress = progress }, cancellationToken);
        RunLayout layout = view.Layout;
        using TaskTable table = TaskTable.Open(layout.Tasks);
        ResultFolder folder = ResultFolder.Parse(record.Sidecar?.ResultDirTemplate, run.RunId);
        KnownTasks.Require(run, request.TaskIds);
        long incomplete = 0;
        foreach (long id in request.TaskIds ?? Enumerable.Range(0, (int)run.TaskCount).Select(i => (long)i))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (view.Ledger[id] != TaskState.Complete) incomplete++;
            else CopyTask(request, id, layout.Results, folder.IsDefault ? RunLayout.DefaultResultFolder(id) : folder.Format(table.Read(id)));
            progress?.Report(_files + _skipped);
        }
        return new ReceivedResults
        {
            RunId = run.RunId,
            Cluster = run.Cluster,
            ExperimentPath = run.ExperimentPath,
            Destination = request.Destination,
            TaskCount = _tasks,
            FileCount = _files,
            ByteCount = _bytes,
            SkippedCount = _skipped,
            IncompleteCount = incomplete,
            Warnings = fetched.Warnings,
        };
    }

    /// <summary>Writes the metrics of a run as an archive: packed waves, the table of its tasks, its record and its aggregate.</summary>
    /// <param name="request">Which run, and where to.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the work; doing it again makes the archive whole.</param>
    /// <exception cref="HpcException">There is no such run, its record is lost, a job packs its results just now, or the folder cannot be written.</exception>
    public static async Task<ReceivedResults> PackAsync(ReceiveRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (request.Patterns.Count > 0 || request.TaskIds is not null)
            throw new HpcException(ErrorCode.SpecInvalid, "an archive holds the metrics of all tasks", "Leave out -Pattern and -TaskId.");
        AggregateResult result = await new AggregateOperation().ExecuteAsync(
            new AggregateRequest { RunId = request.RunId, KeepWaves = true, OutputDir = request.Destination, Mode = "combiner-only" }, context, cancellationToken);
        if (result.Waves.PackingJobId is { } job) throw RunResults.BeingPacked(result.RunId, job);
        Run run = (await RunLookup.FindAsync(context, request.RunId, cancellationToken)).Run;
        FileInfo[] waves = new DirectoryInfo(Path.Combine(request.Destination, "waves")).GetFiles("*.ndjson");
        return new ReceivedResults
        {
            RunId = run.RunId,
            Cluster = run.Cluster,
            ExperimentPath = run.ExperimentPath,
            Destination = request.Destination,
            TaskCount = result.Aggregate!.UsedCount,
            FileCount = waves.Length,
            ByteCount = waves.Sum(w => w.Length),
            IncompleteCount = result.Aggregate.MissingTaskIds.Count,
            Warnings = [.. result.Waves.Failed.Select(wave => FormattableString.Invariant($"wave {wave.Index} could not be packed: {wave.Reason}"))],
        };
    }

    private void CopyTask(ReceiveRequest request, long id, string results, string taskFolder)
    {
        DirectoryInfo source = new(Path.Combine(results, taskFolder));
        if (!source.Exists) return;
        bool any = false;
        // Links are left alone: they may lead out of the results.
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (FileInfo file in source.EnumerateFiles("*", options))
        {
            string relative = Path.GetRelativePath(source.FullName, file.FullName).Replace('\\', '/');
            // The scheduler's own mark is no result, nor is what a fetch left that was killed.
            if (file.Name == ResultStamp.FileName || PartFile.Is(file.Name) || !IsWanted(request.Patterns, relative, file.Name)) continue;
            any = true;
            string target = Path.Combine(request.Destination, taskFolder, relative);
            CopyFile(file, target, request.Overwrites);
            request.Received?.Invoke(id, target);
        }
        if (any) _tasks++;
    }

    private void CopyFile(FileInfo file, string target, bool overwrites)
    {
        FileInfo there = new(target);
        if (there.Exists && there.Length == file.Length && there.LastWriteTimeUtc >= file.LastWriteTimeUtc)
        {
            _skipped++;
            return;
        }
        if (there.Exists && !overwrites)
            throw new HpcException(ErrorCode.PreconditionFailed, $"the file {target} is there already and differs", "Choose another folder, or replace what differs with -Force.");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string temporary = PartFile.For(target);
        _ = file.CopyTo(temporary, overwrite: true);
        File.Move(temporary, target, overwrite: true);
        _files++;
        _bytes += file.Length;
    }

    private static bool IsWanted(IReadOnlyList<string> patterns, string relative, string name) =>
        patterns.Count == 0 || patterns.Any(p => FileSystemName.MatchesSimpleExpression(p, p.Contains('/', StringComparison.Ordinal) ? relative : name, ignoreCase: false));
}
