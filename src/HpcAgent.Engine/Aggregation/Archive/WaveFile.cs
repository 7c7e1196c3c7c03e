using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Aggregation;

/// <summary>The names of packed waves: <c>0.ndjson</c>, <c>0.ndjson.gz</c>, or the same after <c>wave_</c>.</summary>
internal static class WaveFile
{
    private const string Prefix = "wave_";

    /// <summary>What identifies the content of a pack: the POSIX checksum, by which the cluster knows it, its length, and its SHA-256 in hexadecimal digits. Compressing it changes nothing.</summary>
    /// <param name="path">The path.</param>
    /// <param name="token">Ends the reading.</param>
    public static async Task<(uint Crc, long ByteCount, string Sha256)> DigestAsync(string path, CancellationToken token)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        await using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[1 << 16];
        (uint crc, long bytes) = (0, 0);
        for (int read; (read = await content.ReadAsync(block, token)) > 0; bytes += read)
        {
            crc = PosixCrc.Update(crc, block.AsSpan(0, read));
            hash.AppendData(block, 0, read);
        }
        return (PosixCrc.Finish(crc, bytes), bytes, Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant());
    }

    /// <summary>True if this is the name of a packed file.</summary>
    /// <param name="path">A path.</param>
    public static bool IsPacked(string path) =>
        path.EndsWith(".ndjson", StringComparison.Ordinal) || path.EndsWith(".ndjson.gz", StringComparison.Ordinal);

    /// <summary>The number of a wave, of a packed file or of the original's partial; null if the name has none.</summary>
    /// <param name="path">A path.</param>
    public static int? NumberOf(string path)
    {
        string name = Path.GetFileName(path);
        if (name.StartsWith(Prefix, StringComparison.Ordinal)) name = name[Prefix.Length..];
        int end = name.IndexOf('.', StringComparison.Ordinal);
        return end > 0 && int.TryParse(name.AsSpan(0, end), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    /// <summary>The packed files directly in a folder, by their number, then by name.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<string> In(string folder) => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder).Where(IsPacked).OrderBy(p => NumberOf(p) ?? int.MaxValue).ThenBy(p => p, StringComparer.Ordinal)];
}
