using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// Packs the metrics files of a run on this machine, wave by wave. The packs are, byte for byte, what <c>pack.sh</c> makes of the same files on a
/// cluster: a record for each file that can be taken, and a line with the problem for each that is there and cannot.
/// </summary>
internal sealed class WavePacker
{
    private const int MaxFileBytes = AggregationRequest.DefaultMaxRecordBytes;

    private readonly ResultFiles _files;
    private readonly string _folder;
    private readonly HashSet<long>? _complete;
    private readonly Action<string>? _afterRead;
    private readonly ReductionWorker _worker = new(0, keepsValues: false);

    private WavePacker(RunResults results, string folder, Action<string>? afterRead)
    {
        (_files, _folder, _afterRead) = ((ResultFiles)results.Source, folder, afterRead);
        _complete = results.CompleteTaskIds?.ToHashSet();
    }

    /// <summary>Packs them. Each pack appears under its name only when all of it is there; a wave without results has none.</summary>
    /// <param name="results">The run's results, one file a task.</param>
    /// <param name="folder">The absolute folder of the packs; it is created.</param>
    /// <param name="tasksPerWave">How many tasks make a wave.</param>
    /// <param name="token">Ends the work between two tasks.</param>
    /// <param name="afterRead">Told the path of each file when its bytes were read, before it is looked whether it is still the same; for tests.</param>
    public static async Task<IReadOnlyList<PackedWave>> PackAsync(
        RunResults results, string folder, int tasksPerWave, CancellationToken token, Action<string>? afterRead = null)
    {
        WavePacker packer = new(results, folder, afterRead);
        _ = Directory.CreateDirectory(folder);
        List<PackedWave> waves = [];
        int index = 0;
        foreach (TaskIdRange tasks in RunWaves.Of(results.TaskCount, tasksPerWave))
            if (await packer.PackAsync(index++, tasks, token) is { } wave) waves.Add(wave);
        return waves;
    }

    private async Task<PackedWave?> PackAsync(int index, TaskIdRange tasks, CancellationToken token)
    {
        PackedWave wave = new(index, 0, 0, 0, 0, 0, IsFresh: true);
        string path = Path.Combine(_folder, wave.FileName);
        string temporary = $"{path}.{Environment.ProcessId}.part";
        try
        {
            wave = await Task.Run(() => Write(temporary, wave, tasks, token), token);
            if (wave.RecordCount + wave.ProblemCount == 0) return null;
            (uint crc, long bytes, string sha256) = await WaveFile.DigestAsync(temporary, token);
            File.Move(temporary, path, overwrite: true);
            return wave with { Crc = crc, ByteCount = bytes, Sha256 = sha256 };
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private PackedWave Write(string path, PackedWave wave, TaskIdRange tasks, CancellationToken token)
    {
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        for (long id = tasks.First; id < tasks.First + tasks.Count; id++)
        {
            token.ThrowIfCancellationRequested();
            if (!(_complete?.Contains(id) ?? true)) continue;
            string metrics = _files.PathOf(id);
            if (MetricsFile.TryRead(_worker, metrics, MaxFileBytes, out int length, out string? reason, _afterRead is null ? null : () => _afterRead(metrics)))
                reason = _worker.Buffer[..length].IndexOfAny((byte)0, (byte)1) >= 0 ? "metrics.json is no JSON text: it holds a NUL byte or a byte 1" : null;
            else if (reason is null)
                continue;
            else
                reason = Plain(reason, metrics);
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"task\":{id},\"{(reason is null ? "metrics\":" : $"problem\":\"{reason}\"}}\n")}")));
            if (reason is null) WriteRecord(file, _worker.Buffer[..length]);
            wave = reason is null
                ? wave with { RecordCount = wave.RecordCount + 1 }
                : wave with { ProblemCount = wave.ProblemCount + 1, ChangedCount = wave.ChangedCount + (reason.EndsWith(" changes while it is read", StringComparison.Ordinal) ? 1 : 0) };
        }
        file.Flush(flushToDisk: true);
        return wave;
    }

    // The bytes stay as they are, but for line breaks, which JSON has only where tabs mean the same. (In a string neither is allowed, and a space
    // would hide that.)
    private static void WriteRecord(FileStream file, Span<byte> metrics)
    {
        metrics.Replace((byte)'\n', (byte)'\t');
        metrics.Replace((byte)'\r', (byte)'\t');
        file.Write(metrics);
        file.Write("}\n"u8);
    }

    // Without the place on this machine, and without its system's words, which may hold quotes.
    private static string Plain(string reason, string path)
    {
        const string unreadable = "cannot be read";
        string text = reason.Replace(path, "metrics.json", StringComparison.Ordinal);
        int end = text.IndexOf(unreadable, StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + unreadable.Length)];
    }
}
