using System.IO.Enumeration;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
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
        (RunRecord record, RunView view, RunStatus _) = await RunLookup.LookAsync(context, request.RunId, cancellationToken, ResultSelection.Files);
        Run run = record.Run;
        RunLayout layout = view.Layout;
        using TaskTable table = TaskTable.Open(layout.Tasks);
        ResultFolder folder = ResultFolder.Parse(record.Sidecar?.ResultDirTemplate, run.RunId);
        KnownTasks.Require(run, request.TaskIds);
        long incomplete = 0;
        foreach (long id in request.TaskIds ?? Enumerable.Range(0, (int)run.TaskCount).Select(i => (long)i))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (view.Ledger[id] != TaskState.Complete) incomplete++;
            else CopyTask(request, layout.Results, folder.IsDefault ? RunLayout.DefaultResultFolder(id) : folder.Format(table.Read(id)));
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
        };
    }

    private void CopyTask(ReceiveRequest request, string results, string taskFolder)
    {
        DirectoryInfo source = new(Path.Combine(results, taskFolder));
        if (!source.Exists) return;
        bool any = false;
        // Links are left alone: they may lead out of the results.
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (FileInfo file in source.EnumerateFiles("*", options))
        {
            string relative = Path.GetRelativePath(source.FullName, file.FullName).Replace('\\', '/');
            // The scheduler's own mark is no result.
            if (file.Name == ResultStamp.FileName || !IsWanted(request.Patterns, relative, file.Name)) continue;
            any = true;
            CopyFile(file, Path.Combine(request.Destination, taskFolder, relative), request.Overwrites);
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
        string temporary = $"{target}.{Environment.ProcessId}.part";
        _ = file.CopyTo(temporary, overwrite: true);
        File.Move(temporary, target, overwrite: true);
        _files++;
        _bytes += file.Length;
    }

    private static bool IsWanted(IReadOnlyList<string> patterns, string relative, string name) =>
        patterns.Count == 0 || patterns.Any(p => FileSystemName.MatchesSimpleExpression(p, p.Contains('/', StringComparison.Ordinal) ? relative : name, ignoreCase: false));
}
