using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Snapshots;

/// <summary>The folder of one snapshot on disk.</summary>
internal static class SnapshotFolder
{
    private const string TemporaryEnding = ".tmp";
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode ReadAndExecute = ReadOnly | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    internal static string TemporaryName(string path) =>
        Path.Join(Path.GetDirectoryName(path), $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporaryEnding}");

    /// <summary>Copies the source, checking that it is still what the manifest says.</summary>
    internal static async Task CopyAsync(SnapshotManifest manifest, string folder, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var entry in manifest.Entries)
            {
                var target = Path.Join(folder, entry.Path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                if (entry.Kind == SnapshotEntryKind.Link)
                    File.CreateSymbolicLink(target, entry.Content);
                else
                    await CopyAsync(Path.Join(manifest.SourcePath, entry.Path), target, entry, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.WriteFailed(error, folder);
        }
    }

    /// <summary>Puts a finished folder in its place; what is there already is damaged and goes.</summary>
    internal static void Replace(string finished, string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                var old = TemporaryName(path);
                Directory.Move(path, old);
                Directory.Move(finished, path);
                Delete(old);
                return;
            }

            Directory.Move(finished, path);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.WriteFailed(error, path);
        }
    }

    /// <summary>True if everything is there in its right size. The contents were checked when they were copied and are read-only.</summary>
    internal static bool HasAll(string path, SnapshotManifest manifest) => manifest.Entries.All(entry =>
    {
        var info = new FileInfo(Path.Join(path, entry.Path));
        return entry.Kind == SnapshotEntryKind.Link ? info.LinkTarget is not null : info.Exists && info.LinkTarget is null && info.Length == entry.Size;
    });

    internal static void Delete(string folder)
    {
        if (!Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
        {
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
                file.Attributes &= ~FileAttributes.ReadOnly;
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Deletes what processes that were killed have left behind.</summary>
    internal static void DeleteLeftovers(string snapshotsPath)
    {
        foreach (var folder in new DirectoryInfo(snapshotsPath).EnumerateDirectories(".*" + TemporaryEnding))
        {
            if (DateTime.UtcNow - folder.LastWriteTimeUtc > LeftoverAge)
                Delete(folder.FullName);
        }
    }

    private static async Task CopyAsync(string source, string target, SnapshotEntry entry, CancellationToken cancellationToken)
    {
        (long Size, string Sha256) copied;
        try
        {
            var output = new FileStream(target, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            await using (output.ConfigureAwait(false))
                copied = await FileDigest.ReadAsync(source, output, cancellationToken).ConfigureAwait(false);
        }
        catch (FileNotFoundException error)
        {
            throw Changed(source, error);
        }

        if (copied != (entry.Size, entry.Content))
            throw Changed(source, null);
        if (OperatingSystem.IsWindows())
            File.SetAttributes(target, FileAttributes.ReadOnly);
        else
            File.SetUnixFileMode(target, entry.Kind == SnapshotEntryKind.Executable ? ReadAndExecute : ReadOnly);
    }

    private static HpcException Changed(string source, Exception? error) => new(
        ErrorCode.PreconditionFailed,
        $"'{source}' was changed while the run was prepared.",
        "Repeat the command when the file is no longer being edited.",
        error);
}
