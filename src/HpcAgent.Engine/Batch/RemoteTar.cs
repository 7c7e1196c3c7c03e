using System.Formats.Tar;
using System.IO.Compression;

namespace HpcAgent.Engine.Batch;

/// <summary>Folders as one gzip tar stream, in the format with GNU's long names, which every tar reads.</summary>
internal static class RemoteTar
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Packs folders, each below a name of its own.</summary>
    /// <param name="output">Where the stream goes.</param>
    /// <param name="folders">The name in the archive and the folder on this machine.</param>
    /// <param name="cancellationToken">Ends the work between two files.</param>
    public static async Task WriteAsync(Stream output, IReadOnlyList<(string Name, string Path)> folders, CancellationToken cancellationToken)
    {
        await using GZipStream gzip = new(output, CompressionLevel.Fastest, leaveOpen: true);
        await using TarWriter tar = new(gzip, TarEntryFormat.Gnu, leaveOpen: true);
        foreach ((string name, string path) in folders) await AddAsync(tar, name, new DirectoryInfo(path), cancellationToken);
    }

    /// <summary>Unpacks files and folders below a folder; what would leave it, and links, are refused.</summary>
    /// <param name="archive">The gzip tar.</param>
    /// <param name="folder">The folder, which is made.</param>
    /// <param name="cancellationToken">Ends the work between two files.</param>
    /// <exception cref="InvalidDataException">The archive is damaged, or holds what it should not.</exception>
    public static async Task ReadAsync(Stream archive, string folder, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(folder);
        await using GZipStream gzip = new(archive, CompressionMode.Decompress, leaveOpen: true);
        await using TarReader tar = new(gzip, leaveOpen: true);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            string target = Path.GetFullPath(Path.Combine(folder, entry.Name), folder);
            if (!target.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new InvalidDataException($"'{entry.Name}' leads out of the archive");
            _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            string temporary = $"{target}.{Environment.ProcessId}.part";
            await entry.ExtractToFileAsync(temporary, overwrite: true, cancellationToken);
            File.Move(temporary, target, overwrite: true);
        }
    }

    private static async Task AddAsync(TarWriter tar, string name, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.Directory, name + "/") { Mode = Folder }, cancellationToken);
        foreach (FileSystemInfo item in folder.EnumerateFileSystemInfos().OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = $"{name}/{item.Name}";
            if (item.LinkTarget is { } target)
                await tar.WriteEntryAsync(new GnuTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target }, cancellationToken);
            else if (item is DirectoryInfo inner)
                await AddAsync(tar, path, inner, cancellationToken);
            else
                await AddFileAsync(tar, path, (FileInfo)item, cancellationToken);
        }
    }

    private static async Task AddFileAsync(TarWriter tar, string path, FileInfo file, CancellationToken cancellationToken)
    {
        await using FileStream content = file.Open(FileMode.Open, FileAccess.Read, FileShare.Read);
        GnuTarEntry entry = new(TarEntryType.RegularFile, path)
        {
            Mode = OperatingSystem.IsWindows() ? Plain : file.UnixFileMode,
            ModificationTime = new DateTimeOffset(file.LastWriteTimeUtc),
            DataStream = content,
        };
        await tar.WriteEntryAsync(entry, cancellationToken);
    }
}
