using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// Packs the metrics files of a run on this machine, wave by wave. The packs are, byte for byte, what <c>pack.sh</c> makes of the same files on a
/// cluster: a record for each file that can be taken, and a line with the problem for each that is there and cannot.
/// </summary>
/// <param name="files">The metrics files.</param>
/// <param name="taskCount">The tasks of the run.</param>
internal sealed class WavePacker(ResultFiles files, long taskCount)
{
    private const int MaxFileBytes = AggregationRequest.DefaultMaxRecordBytes;

    private readonly ReductionWorker _worker = new(0, keepsValues: false);

    /// <summary>The tasks that are complete; null where nothing but the files tells.</summary>
    public IReadOnlySet<long>? CompleteTaskIds { get; init; }

    /// <summary>How many tasks make a wave.</summary>
    public int TasksPerWave { get; init; } = RunWaves.TasksPerWave;

    /// <summary>Told the path of each file when its bytes were read, before it is looked whether it is still the same; for tests.</summary>
    public Action<string>? AfterRead { get; init; }

    /// <summary>Packs them. Each pack appears under its name only when all of it is there; a wave without results has none.</summary>
    /// <param name="folder">The absolute folder of the packs; it is created.</param>
    /// <param name="token">Ends the work between two tasks.</param>
    public async Task<IReadOnlyList<PackedWave>> PackAsync(string folder, CancellationToken token)
    {
        _ = Directory.CreateDirectory(folder);
        List<PackedWave> waves = [];
        int index = 0;
        foreach (TaskIdRange tasks in RunWaves.Of(taskCount, TasksPerWave))
            if (await PackAsync(folder, index++, tasks, token) is { } wave) waves.Add(wave);
        return waves;
    }

    private async Task<PackedWave?> PackAsync(string folder, int index, TaskIdRange tasks, CancellationToken token)
    {
        PackedWave wave = new(index, 0, 0, 0, 0, 0, IsFresh: true);
        string path = Path.Combine(folder, wave.FileName);
        string temporary = PartFile.For(path);
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
            if (!(CompleteTaskIds?.Contains(id) ?? true)) continue;
            string metrics = files.PathOf(id);
            if (MetricsFile.TryRead(_worker, metrics, MaxFileBytes, out int length, out string? reason, AfterRead is null ? null : () => AfterRead(metrics)))
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
