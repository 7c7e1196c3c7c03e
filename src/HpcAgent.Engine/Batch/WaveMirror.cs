using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>The packs of one run that have arrived on this machine, and an index of them: each line as the cluster gave it.</summary>
/// <param name="folder">The absolute folder.</param>
internal sealed class WaveMirror(string folder)
{
    /// <summary>The absolute folder.</summary>
    public string Folder => folder;

    private string IndexPath => Path.Combine(folder, "index");

    /// <summary>The packs that are here whole.</summary>
    public IReadOnlyList<PackedWave> Load()
    {
        if (!File.Exists(IndexPath)) return [];
        return [.. Read(File.ReadAllText(IndexPath)).Select(wave => wave with { IsFresh = false }).Where(IsHere)];
    }

    /// <summary>The packs that a cluster names: lines <c>wave N CRC BYTES RECORDS PROBLEMS CHANGED fresh|kept</c>.</summary>
    /// <param name="text">What <c>pack.sh</c> printed.</param>
    public static IEnumerable<PackedWave> Read(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ');
            if (words is not ["wave", var index, var crc, var bytes, var records, var problems, var changed, var how]) continue;
            yield return new PackedWave(
                int.Parse(index, CultureInfo.InvariantCulture), uint.Parse(crc, CultureInfo.InvariantCulture), Number(bytes), Number(records), Number(problems), Number(changed), how == "fresh");
        }

        static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
    }

    /// <summary>Takes packs in that were unpacked into a folder; each is checked before it gets its name here.</summary>
    /// <param name="arrived">The folder, or null if nothing came.</param>
    /// <param name="waves">All packs that the cluster has.</param>
    /// <param name="cancellationToken">Ends the work between two packs.</param>
    /// <exception cref="InvalidDataException">A pack is not what the cluster said.</exception>
    public async Task TakeAsync(string? arrived, IReadOnlyList<PackedWave> waves, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(folder);
        Dictionary<int, PackedWave> known = Load().ToDictionary(wave => wave.Index);
        foreach (PackedWave wave in waves)
        {
            string? path = arrived is null ? null : Path.Combine(arrived, wave.FileName);
            if (path is not null && File.Exists(path))
            {
                if (await PosixCrc.ComputeAsync(path, cancellationToken) != (wave.Crc, wave.ByteCount))
                    throw new InvalidDataException($"the pack of wave {wave.Index} is not what was sent");
                File.Move(path, Path.Combine(folder, wave.FileName), overwrite: true);
            }
            else if (!known.TryGetValue(wave.Index, out PackedWave? had) || (had.Crc, had.ByteCount) != (wave.Crc, wave.ByteCount))
                throw new InvalidDataException($"the pack of wave {wave.Index} did not come");
        }
        StringBuilder index = new();
        foreach (PackedWave wave in waves)
            _ = index.Append(CultureInfo.InvariantCulture, $"wave {wave.Index} {wave.Crc} {wave.ByteCount} {wave.RecordCount} {wave.ProblemCount} {wave.ChangedCount} kept\n");
        await DurableFile.WriteAsync(IndexPath, Encoding.ASCII.GetBytes(index.ToString()), cancellationToken);
    }

    private bool IsHere(PackedWave wave) => new FileInfo(Path.Combine(folder, wave.FileName)) is { Exists: true } file && file.Length == wave.ByteCount;
}
