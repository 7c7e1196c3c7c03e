using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The packs of one run that have arrived on this machine. With the task table and the record beside them the mirror of a run is an archive
/// (<see cref="WaveArchive"/>), whose manifest says which packs are here.
/// </summary>
/// <param name="view">The run.</param>
internal sealed class WaveMirror(RunView view)
{
    private string Root => view.Layout.Root;

    /// <summary>The absolute folder of the packs.</summary>
    public string Folder => view.Layout.Waves;

    /// <summary>The packs that are here whole.</summary>
    public IReadOnlyList<PackedWave> Load() => Here(Manifest());

    /// <summary>The packs, if all of those that came are here whole; else null.</summary>
    public IReadOnlyList<PackedWave>? LoadAll() =>
        Manifest() is { } manifest && Here(manifest) is var here && here.Count == manifest.Waves.Count ? here : null;

    /// <summary>Takes packs in that were unpacked into a folder; each is checked before it gets its name here.</summary>
    /// <param name="arrived">The folder, or null if nothing came.</param>
    /// <param name="waves">All packs that the cluster has.</param>
    /// <param name="cancellationToken">Ends the work between two packs.</param>
    /// <returns>The packs, with all that is known of each.</returns>
    /// <exception cref="InvalidDataException">A pack is not what the cluster said.</exception>
    public async Task<IReadOnlyList<PackedWave>> TakeAsync(string? arrived, IReadOnlyList<PackedWave> waves, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(Folder);
        WaveManifest? before = Manifest();
        Dictionary<int, PackedWave> known = Here(before).ToDictionary(wave => wave.Index);
        PackedWave[] taken = [.. waves];
        for (int i = 0; i < taken.Length; i++)
        {
            PackedWave wave = taken[i];
            string? path = arrived is null ? null : Path.Combine(arrived, wave.FileName);
            if (path is not null && File.Exists(path))
            {
                (uint crc, long bytes, string sha256) = await WaveFile.DigestAsync(path, cancellationToken);
                if ((crc, bytes) != (wave.Crc, wave.ByteCount)) throw new InvalidDataException($"the pack of wave {wave.Index} is not what was sent");
                File.Move(path, Path.Combine(Folder, wave.FileName), overwrite: true);
                taken[i] = wave with { Sha256 = sha256 };
            }
            else if (known.TryGetValue(wave.Index, out PackedWave? had) && (had.Crc, had.ByteCount) == (wave.Crc, wave.ByteCount))
                taken[i] = wave with { Sha256 = had.Sha256 };
            else
                throw new InvalidDataException($"the pack of wave {wave.Index} did not come");
        }
        await NoteAsync(before, taken, cancellationToken);
        return taken;
    }

    private async Task NoteAsync(WaveManifest? before, PackedWave[] waves, CancellationToken cancellationToken)
    {
        string record = Path.Combine(Root, view.Run.RunId + ".json");
        if (view.Sidecar is { } sidecar && !File.Exists(record)) await DurableFile.WriteAsync(record, SidecarFile.ToBytes(sidecar), cancellationToken);
        bool isSame = before is not null && before.Waves.Select(wave => wave.Sha256).SequenceEqual(waves.Select(wave => wave.Sha256), StringComparer.Ordinal);
        Run run = view.Run;
        await WaveArchive.WriteManifestAsync(
            Root, new WaveManifest(run.RunId, run.CmdSha, run.IdentitySha, run.TaskCount, RunWaves.TasksPerWave, isSame ? before!.InputDigest : null, waves), cancellationToken);
    }

    // What cannot be read is fetched again: it is a copy.
    private WaveManifest? Manifest()
    {
        string path = WaveArchive.ManifestPath(Root);
        try
        {
            return File.Exists(path) && WaveManifest.Parse(File.ReadAllBytes(path), path) is var manifest && manifest.IdentitySha == view.Run.IdentitySha ? manifest : null;
        }
        catch (HpcException)
        {
            return null;
        }
    }

    private IReadOnlyList<PackedWave> Here(WaveManifest? manifest) =>
        [.. (manifest?.Waves ?? []).Where(wave => new FileInfo(Path.Combine(Folder, wave.FileName)) is { Exists: true } file && file.Length == wave.ByteCount)];
}
