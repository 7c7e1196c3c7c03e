using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Writes an archive (<see cref="WaveArchive"/>). Each file appears under its name only when all of it is there; writing it again replaces it.</summary>
internal static class WaveArchiveWriter
{
    /// <summary>Writes the archive of a run: packs that are on this machine already are copied, else they are made of the files.</summary>
    /// <param name="results">The run's results.</param>
    /// <param name="tasks">The folder of its task table.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="inputDigest">The digest of the aggregate that goes with it.</param>
    /// <param name="token">Ends the work between two tasks.</param>
    /// <param name="tasksPerWave">How many tasks make a wave that is not packed yet.</param>
    /// <exception cref="HpcException">The record of the run is lost, a pack is damaged, or the folder cannot be written.</exception>
    public static async Task<WaveManifest> WriteAsync(
        RunResults results, string tasks, string folder, string? inputDigest, CancellationToken token, int tasksPerWave = RunWaves.TasksPerWave)
    {
        if (results.Sidecar is not { } sidecar)
            throw new HpcException(ErrorCode.PreconditionFailed, $"the record of the run {results.RunId} is lost, and an archive needs it", "Restore .hpc/runs/<run id>.json from version control or the cluster.");
        try
        {
            string waves = Path.Combine(folder, WaveArchive.WavesFolder);
            _ = Directory.CreateDirectory(waves);
            foreach (string file in Directory.EnumerateFiles(tasks, "*", SearchOption.AllDirectories))
                Copy(file, Path.Combine(folder, "tasks", Path.GetRelativePath(tasks, file)));
            await DurableFile.WriteAsync(Path.Combine(folder, sidecar.RunId + ".json"), SidecarFile.ToBytes(sidecar), token);
            IReadOnlyList<PackedWave> packs = results.Packed is { } packed
                ? await CopyAsync(packed, waves, token)
                : await new WavePacker((ResultFiles)results.Source, results.TaskCount) { CompleteTaskIds = results.CompleteTaskIds?.ToHashSet(), TasksPerWave = tasksPerWave }.PackAsync(waves, token);
            WaveManifest manifest = new(results.RunId, results.CmdSha, results.IdentitySha, results.TaskCount, tasksPerWave, inputDigest, packs);
            await WaveArchive.WriteManifestAsync(folder, manifest, token);
            return manifest;
        }
        catch (Exception e) when (StorageError.IsStorageError(e))
        {
            throw StorageError.WriteFailed(e, folder);
        }
    }

    private static async Task<IReadOnlyList<PackedWave>> CopyAsync(PackedWaves packed, string folder, CancellationToken token)
    {
        foreach (PackedWave wave in packed.Waves)
        {
            string from = Path.Combine(packed.Folder, wave.FileName), to = Path.Combine(folder, wave.FileName), part = PartFile.For(to);
            try
            {
                Copy(from, part);
                // What was damaged here would be archived as if it had been packed.
                if (await WaveFile.DigestAsync(part, token) != (wave.Crc, wave.ByteCount, wave.Sha256))
                    throw new HpcException(ErrorCode.OutputsMissing, $"the pack {from} is not as it came from the cluster", "Delete it and repeat the command: it is sent again.");
                File.Move(part, to, overwrite: true);
            }
            finally
            {
                File.Delete(part);
            }
        }
        return packed.Waves;
    }

    private static void Copy(string from, string to)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to, overwrite: true);
    }
}
