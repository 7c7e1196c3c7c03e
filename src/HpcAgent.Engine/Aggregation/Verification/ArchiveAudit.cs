using HpcAgent.Engine.Clusters;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Compares packed files with what their archive says of them.</summary>
internal static class ArchiveAudit
{
    /// <summary>What is wrong; none if all files are those that were packed for this run.</summary>
    /// <param name="results">The run.</param>
    /// <param name="subject">The files and what the archive says.</param>
    /// <param name="token">Ends the reading.</param>
    public static async Task<IReadOnlyList<string>> FaultsAsync(RunResults results, VerificationSubject subject, CancellationToken token)
    {
        if (subject.Manifest is not { } manifest || subject.ArchiveFolder is not { } folder)
            return [$"no {WaveManifest.FileName} says of which run the packed waves are"];
        if (manifest.RunId != results.RunId) return [$"the packed waves are of the run {manifest.RunId}"];
        if (manifest.IdentitySha != results.IdentitySha) return ["the packed waves are of another identity than the run"];
        List<string> faults = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (PackedWave wave in manifest.Waves)
        {
            string named = Path.Combine(folder, WaveArchive.WavesFolder, wave.FileName);
            // It may have been compressed since.
            string path = File.Exists(named) ? named : named + ".gz";
            if (!File.Exists(path)) faults.Add($"{WaveArchive.WavesFolder}/{wave.FileName} is missing");
            else if ((await WaveFile.DigestAsync(path, token)).Sha256 != wave.Sha256) faults.Add($"{WaveArchive.WavesFolder}/{wave.FileName} is not as it was packed");
            _ = known.Add(path);
        }
        faults.AddRange(subject.Waves.Where(w => !known.Contains(w)).Select(w => $"{w} is none of the waves that were packed for the run"));
        return faults;
    }
}
