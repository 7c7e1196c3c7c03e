using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Writes an archive (<see cref="WaveArchive"/>). Each file appears under its name only when all of it is there; writing it again replaces it.</summary>
internal sealed class WavePacker
{
    private readonly RunResults _results;
    private readonly string _folder;
    private readonly HashSet<long>? _complete;
    private readonly ReductionWorker _worker = new(0, keepsValues: false);
    private readonly List<AggregateProblem> _problems = [];

    private WavePacker(RunResults results, string folder)
    {
        (_results, _folder) = (results, folder);
        _complete = results.CompleteTaskIds?.ToHashSet();
    }

    /// <summary>Writes the archive of a run.</summary>
    /// <param name="results">The run's results, one file a task.</param>
    /// <param name="tasks">The folder of its task table.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="token">Ends the work between two tasks.</param>
    /// <exception cref="HpcException">The record of the run is lost, or the folder cannot be written.</exception>
    public static async Task<WaveManifest> WriteAsync(RunResults results, string tasks, string folder, CancellationToken token)
    {
        if (results.Sidecar is not { } sidecar)
            throw new HpcException(ErrorCode.PreconditionFailed, $"the record of the run {results.RunId} is lost, and an archive needs it", "Restore .hpc/runs/<run id>.json from version control or the cluster.");
        try
        {
            WavePacker packer = new(results, folder);
            _ = Directory.CreateDirectory(Path.Combine(folder, "waves"));
            CopyTable(tasks, Path.Combine(folder, "tasks"));
            await DurableFile.WriteAsync(Path.Combine(folder, sidecar.RunId + ".json"), SidecarFile.ToBytes(sidecar), token);
            List<ArchivedWave> waves = [];
            foreach ((int wave, IReadOnlyList<TaskIdRange> ids) in RunWaves.Of(sidecar, results.TaskCount))
                waves.Add(await Task.Run(() => packer.Pack(wave, ids, token), token));
            using RunResults packed = RunResults.OfWaves(sidecar, tasks, [.. waves.Select(w => WaveFile.PathOf(folder, w.Wave))], folder);
            Aggregate whole = await packed.AggregateAsync([], [], token);
            WaveManifest manifest = new(
                results.RunId, results.CmdSha, results.IdentitySha, results.TaskCount, whole.InputDigest, waves, packer._problems);
            await DurableFile.WriteAsync(Path.Combine(folder, WaveManifest.FileName), manifest.ToBytes(), token);
            return manifest;
        }
        catch (Exception e) when (StorageError.IsStorageError(e))
        {
            throw StorageError.WriteFailed(e, folder);
        }
    }

    private static void CopyTable(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }

    private ArchivedWave Pack(int wave, IReadOnlyList<TaskIdRange> ids, CancellationToken token)
    {
        string path = WaveFile.PathOf(_folder, wave);
        string temporary = $"{path}.{Environment.ProcessId}.part";
        long records = 0;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long length;
        using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16))
        {
            foreach (TaskIdRange range in ids)
            {
                for (long id = range.First; id < range.First + range.Count; id++)
                {
                    token.ThrowIfCancellationRequested();
                    if (!(_complete?.Contains(id) ?? true) || Line(id, out bool isRecord) is not { } line) continue;
                    file.Write(line);
                    hash.AppendData(line);
                    if (isRecord) records++;
                }
            }
            length = file.Length;
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        return new ArchivedWave(wave, $"waves/{Path.GetFileName(path)}", records, length, Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant());
    }

    // The bytes stay as they are, but for line breaks, which JSON has only where tabs mean the same. (In a string neither is allowed, and a space
    // would hide that.) A file that cannot be taken is named in its place, as the packs of a cluster do it.
    private byte[]? Line(long id, out bool isRecord)
    {
        string path = ((ResultFiles)_results.Source).PathOf(id);
        isRecord = MetricsFile.TryRead(_worker, path, AggregationRequest.DefaultMaxRecordBytes, out int length, out string? reason);
        if (!isRecord)
        {
            if (reason is null) return null;
            _problems.Add(new AggregateProblem(id, path, reason));
            string plain = string.Concat(reason.Select(c => char.IsControl(c) ? '?' : c));
            return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"task\":{id},\"problem\":\"{plain}\"}}\n"));
        }
        byte[] record = [.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"task\":{id},\"metrics\":")), .. _worker.Buffer[..length], .. "}\n"u8];
        Span<byte> text = record.AsSpan(0, record.Length - 1);
        text.Replace((byte)'\n', (byte)'\t');
        text.Replace((byte)'\r', (byte)'\t');
        return record;
    }
}
