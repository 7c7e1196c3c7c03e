using System.Globalization;
using System.IO.Compression;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// Brings result files that are new or have changed into the mirror, a bounded number of bytes in each execution. A file that is whole and verified
/// stays, so that a fetch that was cut goes on where it was.
/// </summary>
/// <param name="host">Where the results are.</param>
/// <param name="view">The run.</param>
/// <param name="request">Which files.</param>
internal sealed class BatchFetch(IHost host, RunView view, FetchRequest request)
{
    private const string Marker = "has-files";

    private readonly List<string> _warnings = [];

    /// <summary>What could not be taken. It is not asked for again, so that it holds nothing else back.</summary>
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private long _files;

    /// <summary>Brings the files.</summary>
    /// <param name="token">Ends the work; what came stays.</param>
    /// <exception cref="HpcException">The cluster cannot be asked, or what came is damaged.</exception>
    public async Task<FetchResult> RunAsync(CancellationToken token)
    {
        string marker = Path.Combine(view.Layout.Root, Marker);
        bool isOver = view.Ledger.Count(TaskState.Complete) == view.Ledger.TaskCount;
        if (isOver && File.Exists(marker) && Directory.Exists(view.Layout.Tasks)) return new FetchResult(0, []);
        while (await FetchAsync(token))
        {
        }
        if (isOver && _warnings.Count == 0 && request.Patterns.Count == 0) await File.WriteAllBytesAsync(marker, [], token);
        return new FetchResult(_files, [.. _warnings.Distinct(StringComparer.Ordinal)]);
    }

    /// <summary>One execution; true if there is more and this one brought something.</summary>
    private async Task<bool> FetchAsync(CancellationToken token)
    {
        _ = Directory.CreateDirectory(view.Layout.Results);
        string[] here = [.. Known()];
        string[] known = [.. here, .. _refused];
        int refusedBefore = _refused.Count;
        using ArchiveFolder archives = new(view.Layout.Root);
        RemotePaths paths = new(view.Run.RemotePath, view.Run.RunId);
        bool needsTasks = !Directory.Exists(view.Layout.Tasks);
        HostAnswer answer = await host.RunAsync(
            new HostScript
            {
                Purpose = $"files of {view.Run.RunId}",
                Text = FetchScript.Render(paths, needsTasks, request.Patterns, request.MostBytes),
                Payload = (stream, cancellation) => WriteAsync(known, stream, cancellation),
                Receive = archives.Open,
                Deadline = TimeSpan.FromMinutes(30),
            },
            token);
        if (answer.Find("lacks") is not null)
            throw new HpcException(ErrorCode.PreconditionFailed, $"result files cannot be fetched: {host.Name} has no {answer.Text("lacks").Trim()}", "Have the programs of GNU (coreutils, findutils, tar) on the PATH there; an aggregate needs only cksum of these.");
        if (needsTasks) await UnpackTasksAsync(answer, archives, token);
        if (answer.Find("nothing") is not null)
        {
            LostResults.Require(view, $"{paths.Results} on {host.Name}");
            return false;
        }
        if (answer.ExitCode != 0 || answer.Text("counts").Split(' ') is not [var count, _, var taken])
            throw new HpcException(ErrorCode.OutputsMissing, $"the results of {view.Run.RunId} on {host.Name} cannot be read: {answer.ErrorText.Trim()}", "Look whether the run's folder is there and can be read, and whether there is room for temporary files.");
        if (answer.Text("odd") is { } odd && odd.Trim() is not ("" or "0")) _warnings.Add($"{odd.Trim()} files have names with control characters or backslashes, and were not taken");
        if (taken == "0") return false;
        ResultUnpacker unpacker = new(view.Layout.Results, ArchiveNames.Of(view.Layout.Results, here.Select(NameOf)), Sums(answer));
        try
        {
            await unpacker.ReadAsync(archives.Read("results"), () => request.Progress?.Report(++_files), token);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"the files of {view.Run.RunId} arrived damaged: {e.Message}", "Try again: what came whole is kept.", e);
        }
        finally
        {
            if (request.Progress is null) _files += unpacker.FileCount;
            _warnings.AddRange(unpacker.Refused);
            _refused.UnionWith(unpacker.RefusedLines);
        }
        if (unpacker.FileCount == 0 && unpacker.Refused.Count == 0)
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"none of {taken} files of {view.Run.RunId} came from {host.Name}: {answer.ErrorText.Trim()}", "Try again; look whether the files can be read there.");
        return count != taken && (unpacker.FileCount > 0 || _refused.Count > refusedBefore);
    }

    private async Task UnpackTasksAsync(HostAnswer answer, ArchiveFolder archives, CancellationToken token)
    {
        if (answer.Text("tasks-status") != "0")
            throw new HpcException(ErrorCode.OutputsMissing, $"the tasks of {view.Run.RunId} on {host.Name} cannot be read: {answer.ErrorText.Trim()}", "Look whether the run's folder is there and can be read.");
        using Stream archive = archives.Read("tasks");
        await RemoteTar.ReadAsync(archive, view.Layout.Tasks, token);
    }

    private IEnumerable<string> Known()
    {
        DirectoryInfo folder = new(view.Layout.Results);
        EnumerationOptions options = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (FileInfo file in folder.EnumerateFiles("*", options))
        {
            if (PartFile.Is(file.Name)) continue;
            string name = Path.GetRelativePath(folder.FullName, file.FullName).Replace('\\', '/');
            yield return string.Create(CultureInfo.InvariantCulture, $"{file.Length} {new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeSeconds()} ./{name}");
        }
    }

    private static string NameOf(string line) => line[(line.IndexOf("./", StringComparison.Ordinal) + 2)..];

    private static async Task WriteAsync(string[] known, Stream stream, CancellationToken token)
    {
        await using GZipStream gzip = new(stream, CompressionLevel.Fastest, leaveOpen: true);
        // Nothing written would be no gzip stream at all.
        await gzip.WriteAsync("\n"u8.ToArray(), token);
        foreach (string line in known) await gzip.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), token);
    }

    private static Dictionary<string, (uint Crc, long Bytes)> Sums(HostAnswer answer)
    {
        Dictionary<string, (uint, long)> sums = new(StringComparer.Ordinal);
        foreach (string line in answer.Text("sums").Split('\n'))
        {
            if (line.Split(' ', 3) is [var crc, var bytes, var name] && name.StartsWith("./", StringComparison.Ordinal)
                && uint.TryParse(crc, NumberStyles.None, CultureInfo.InvariantCulture, out uint sum) && long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
                sums[name[2..]] = (sum, length);
        }
        return sums;
    }
}
