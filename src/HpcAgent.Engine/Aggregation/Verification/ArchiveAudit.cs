using System.IO.Compression;
using System.Security.Cryptography;

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
        foreach (ArchivedWave wave in manifest.Waves)
        {
            string named = Path.GetFullPath(wave.File, folder);
            if (!named.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) faults.Add($"{WaveManifest.FileName} names a file outside of the archive: {wave.File}");
            else if (Existing(named) is not { } path) faults.Add($"{wave.File} is missing");
            else
            {
                _ = known.Add(path);
                if (WaveFile.NumberOf(path) != wave.Wave) faults.Add(FormattableString.Invariant($"{wave.File} is said to be wave {wave.Wave}"));
                else if (await DigestAsync(path, token) != wave.Sha256) faults.Add($"{wave.File} is not as it was packed");
            }
        }
        faults.AddRange(subject.Waves.Where(w => !known.Contains(w)).Select(w => $"{w} is none of the waves that were packed for the run"));
        return faults;
    }

    // It may have been compressed since.
    private static string? Existing(string path) => new[] { path, path + ".gz" }.FirstOrDefault(File.Exists);

    private static async Task<string> DigestAsync(string path, CancellationToken token)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
        await using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return Convert.ToHexString(await SHA256.HashDataAsync(content, token)).ToLowerInvariant();
    }
}
