using System.Formats.Tar;
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
            if (fault is not null)
            {
                Refused.Add($"'{Shown(name)}' was not taken: {fault}");
                continue;
            }
            if (await TakeAsync(entry, name, token)) taken();
        }
    }

    private async Task<bool> TakeAsync(TarEntry entry, string name, CancellationToken token)
    {
        string target = Path.Combine(folder, name);
        string temporary = $"{target}.{Environment.ProcessId}.part";
        _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        try
        {
            await entry.ExtractToFileAsync(temporary, overwrite: true, token);
            if (await PosixCrc.ComputeAsync(temporary, token) != sums[name])
            {
                // It changed between the checksum and the archive; the next call takes it.
                Refused.Add($"'{name}' was not taken: its checksum is not that of the cluster");
                return false;
            }
            File.Move(temporary, target, overwrite: true);
            FileCount++;
            return true;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static string Shown(string name) => string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
}
