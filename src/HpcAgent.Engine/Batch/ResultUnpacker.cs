using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// Takes result files out of an archive. Each appears under its name only when all of it is there and its checksum is right; names that cannot be
/// taken, and what is no plain file, are told and left out.
/// </summary>
/// <param name="folder">The folder for the files, absolute.</param>
/// <param name="names">Which names can be taken.</param>
/// <param name="sums">The checksum and the length of each file that was asked for, by its name.</param>
internal sealed class ResultUnpacker(string folder, ArchiveNames names, IReadOnlyDictionary<string, (uint Crc, long Bytes)> sums)
{
    /// <summary>How many files were taken.</summary>
    public long FileCount { get; private set; }

    /// <summary>What was left out, with the reason.</summary>
    public List<string> Refused { get; } = [];

    /// <summary>The files among them as the cluster lists them, <c>bytes seconds ./path</c>.</summary>
    public List<string> RefusedLines { get; } = [];

    /// <summary>Takes the files out.</summary>
    /// <param name="archive">The gzip tar.</param>
    /// <param name="taken">Told of each file.</param>
    /// <param name="token">Ends the work between two files.</param>
    /// <exception cref="InvalidDataException">The archive is damaged; what was taken before stays.</exception>
    public async Task ReadAsync(Stream archive, Action taken, CancellationToken token)
    {
        await using GZipStream gzip = new(archive, CompressionMode.Decompress, leaveOpen: true);
        await using TarReader tar = new(gzip, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, token) is { } entry)
        {
            if (entry.EntryType is TarEntryType.Directory) continue;
            string name = entry.Name.StartsWith("./", StringComparison.Ordinal) ? entry.Name[2..] : entry.Name;
            string? fault = entry.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile ? names.Fault(name) : "it is no plain file";
            if (fault is null && !sums.ContainsKey(name)) fault = "it was not asked for";
            fault ??= await TakeAsync(entry, name, token);
            if (fault is null)
            {
                FileCount++;
                taken();
                continue;
            }
            Refused.Add($"'{Shown(name)}' was not taken: {fault}");
            RefusedLines.Add(string.Create(CultureInfo.InvariantCulture, $"{entry.Length} {entry.ModificationTime.ToUnixTimeSeconds()} ./{name}"));
        }
    }

    /// <summary>Takes one file, or says why that cannot be.</summary>
    private async Task<string?> TakeAsync(TarEntry entry, string name, CancellationToken token)
    {
        string target = Path.Combine(folder, name);
        if (Obstacle(target) is { } obstacle) return obstacle;
        string temporary = PartFile.For(target);
        try
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            await entry.ExtractToFileAsync(temporary, overwrite: true, token);
            // It changed between the checksum and the archive; the next call takes it.
            if (await PosixCrc.ComputeAsync(temporary, token) != sums[name]) return "its checksum is not that of the cluster";
            File.Move(temporary, target, overwrite: true);
            return null;
        }
        catch (PathTooLongException)
        {
            return "its name is too long for this system";
        }
        finally
        {
            if (File.Exists(temporary)) File.Delete(temporary);
        }
    }

    /// <summary>What was a folder there before may be a file now, and the other way round; what is here is not deleted for that.</summary>
    private string? Obstacle(string target)
    {
        if (Directory.Exists(target)) return "here it is a folder, of an earlier call; remove that to have the file";
        for (string? parent = Path.GetDirectoryName(target); parent is not null && parent.Length > folder.Length && !Directory.Exists(parent); parent = Path.GetDirectoryName(parent))
        {
            if (File.Exists(parent)) return $"here '{Path.GetRelativePath(folder, parent)}' is a file, of an earlier call; remove that to have the folder";
        }
        return null;
    }

    private static string Shown(string name)
    {
        string plain = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        return plain.Length > 300 ? plain[..150] + "..." + plain[^100..] : plain;
    }
}
