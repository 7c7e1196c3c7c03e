using System.Collections.Concurrent;
using System.Globalization;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Snapshots;

/// <summary>Finds out what the code of a user's folder is, and its digest. Nothing is written.</summary>
public static class SnapshotBuilder
{
    /// <summary>The most that a snapshot may hold, in bytes.</summary>
    public const long MaxTotalBytes = 200L * 1000 * 1000;

    private const int LargestShown = 10;
    private const int MostNotes = 20;

    /// <summary>Reads the folder.</summary>
    /// <param name="root">The user's folder, absolute.</param>
    /// <param name="maxTotalBytes">The most that it may hold.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.PreconditionFailed"/>: too large, a link that leaves the folder, a pipe, socket or
    /// device, a file that cannot be read or changes all the time; <see cref="ErrorCode.SpecInvalid"/>: no such folder.</exception>
    public static async Task<SnapshotManifest> BuildAsync(string root, long maxTotalBytes = MaxTotalBytes, CancellationToken cancellationToken = default)
    {
        if (!Path.IsPathFullyQualified(root) || !Directory.Exists(root))
            throw new HpcException(ErrorCode.SpecInvalid, $"There is no folder '{root}'.", "Give the absolute path of the folder that holds the code.");
        root = Path.TrimEndingDirectorySeparator(root);
        try
        {
            return await ReadAsync(root, maxTotalBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.ReadFailed(error, root);
        }
    }

    private static async Task<SnapshotManifest> ReadAsync(string root, long maxTotalBytes, CancellationToken cancellationToken)
    {
        var listing = new CodeListing(root);
        var paths = await listing.ListAsync(cancellationToken).ConfigureAwait(false);
        var links = new List<SnapshotEntry>();
        var files = new List<(string Path, SnapshotEntryKind Kind, long Size)>();
        foreach (var path in paths)
        {
            var full = Path.Join(root, path);
            var kind = FileKinds.Of(full);
            if (kind == FileKind.Link)
                links.Add(new(path, SnapshotEntryKind.Link, 0, LinkTarget.Resolve(root, path)));
            else if (kind is FileKind.File or FileKind.Executable)
                files.Add((path, kind == FileKind.File ? SnapshotEntryKind.File : SnapshotEntryKind.Executable, new FileInfo(full).Length));
            else
                RefuseSpecial(kind, path);
        }

        RefuseTooLarge(root, files, maxTotalBytes);
        var entries = new ConcurrentBag<SnapshotEntry>(links);
        await Parallel.ForEachAsync(files, cancellationToken, async (file, token) =>
        {
            if (await FileDigest.ComputeAsync(Path.Join(root, file.Path), token).ConfigureAwait(false) is var (size, sha256))
                entries.Add(new(file.Path, file.Kind, size, sha256));
        }).ConfigureAwait(false);
        var sorted = entries.ToArray();
        Array.Sort(sorted, static (left, right) => SnapshotDigest.ComparePaths(left.Path, right.Path));
        return new()
        {
            Digest = SnapshotDigest.Compute(sorted),
            Entries = sorted,
            SourcePath = root,
            Notes = [.. listing.Notes, .. SnapshotNotes.Find(sorted).Take(MostNotes)],
        };
    }

    private static void RefuseSpecial(FileKind kind, string path)
    {
        if (kind == FileKind.Special)
            throw new HpcException(ErrorCode.PreconditionFailed, $"'{path}' is a pipe, a socket or a device, which cannot be sent.", $"Remove it, or name '/{path}' in .hpcignore.");
        if (kind == FileKind.Missing && path.Contains('\uFFFD', StringComparison.Ordinal))
            throw new HpcException(ErrorCode.PreconditionFailed, $"'{path}' has a name that is not UTF-8.", "Rename it.");
    }

    private static void RefuseTooLarge(string root, List<(string Path, SnapshotEntryKind Kind, long Size)> files, long maxTotalBytes)
    {
        var total = files.Sum(file => file.Size);
        if (total <= maxTotalBytes)
            return;
        var largest = files.OrderByDescending(file => file.Size).ThenBy(file => file.Path, StringComparer.Ordinal).Take(LargestShown)
            .Select(file => $"{file.Path} ({Megabytes(file.Size)})");
        throw new HpcException(
            ErrorCode.PreconditionFailed,
            $"The code in '{root}' has {Megabytes(total)}, more than {Megabytes(maxTotalBytes)}. The largest files: {string.Join(", ", largest)}.",
            "Name data and results in .hpcignore (the syntax of .gitignore) and keep them on the cluster.");
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB");
}
