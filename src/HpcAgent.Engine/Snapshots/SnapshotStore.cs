using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Snapshots;

/// <summary>
/// The snapshots below a folder of this machine: <c>.hpc/snapshots/&lt;digest&gt;/</c> with the files, <c>&lt;digest&gt;.json</c> with the
/// manifest, <c>&lt;digest&gt;.runs/</c> with an empty file for each run that uses it. Several processes may work in it at once.
/// </summary>
public sealed class SnapshotStore
{
    private const string ManifestEnding = ".json";
    private const string RunsEnding = ".runs";
    private static readonly TimeSpan LockTimeout = TimeSpan.FromMinutes(2);
    private readonly ExperimentLayout layout;

    /// <summary>Names the store; nothing is created.</summary>
    /// <param name="root">The folder that holds <c>.hpc</c>, absolute.</param>
    public SnapshotStore(string root) => layout = new(root);

    /// <summary>The folder of a snapshot.</summary>
    /// <param name="digest">Its digest.</param>
    public string PathOf(string digest) => Path.Join(layout.SnapshotsPath, Require(digest));

    /// <summary>Makes sure that a snapshot is there and belongs to a run.</summary>
    /// <param name="manifest">What it consists of; its source is copied if need be.</param>
    /// <param name="runId">The run that uses it.</param>
    /// <param name="cancellationToken">Ends the work; nothing half-made is left.</param>
    /// <returns>The folder of the snapshot, absolute.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.PreconditionFailed"/>: the code changed since the manifest was made, or it cannot
    /// be written.</exception>
    public async Task<string> EnsureAsync(SnapshotManifest manifest, string runId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        RunId.Require(runId);
        var path = PathOf(manifest.Digest);
        await layout.EnsureIgnoreFileAsync(cancellationToken).ConfigureAwait(false);
        using (await LockAsync(cancellationToken).ConfigureAwait(false))
        {
            SnapshotFolder.DeleteLeftovers(layout.SnapshotsPath);
            if (IsComplete(manifest.Digest))
                return MarkUse(path, runId);
        }

        // The copy may take long, so that it is made without the lock; of two at once, one is thrown away.
        var temporary = SnapshotFolder.TemporaryName(path);
        try
        {
            await SnapshotFolder.CopyAsync(manifest, temporary, cancellationToken).ConfigureAwait(false);
            using var held = await LockAsync(cancellationToken).ConfigureAwait(false);
            if (!IsComplete(manifest.Digest))
            {
                SnapshotFolder.Replace(temporary, path);
                await DurableFile.WriteAsync(path + ManifestEnding, SnapshotManifestJson.Write(manifest), CancellationToken.None).ConfigureAwait(false);
            }

            return MarkUse(path, runId);
        }
        finally
        {
            SnapshotFolder.Delete(temporary);
        }
    }

    /// <summary>The runs that use a snapshot.</summary>
    /// <param name="digest">Its digest.</param>
    public IReadOnlyList<string> RunsOf(string digest)
    {
        var folder = PathOf(digest) + RunsEnding;
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Ends the use of a snapshot by a run; with the last one it is deleted.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>True if the snapshot was deleted.</returns>
    public async Task<bool> ReleaseAsync(string digest, string runId, CancellationToken cancellationToken = default)
    {
        RunId.Require(runId);
        var path = PathOf(digest);
        if (!Directory.Exists(layout.SnapshotsPath))
            return false;
        using var held = await LockAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var marker = Path.Join(path + RunsEnding, runId);
            if (!File.Exists(marker))
                return false;
            File.Delete(marker);
            if (RunsOf(digest).Count > 0)
                return false;

            // First the manifest: without it the folder counts as half-made, should this process die here.
            File.Delete(path + ManifestEnding);
            SnapshotFolder.Delete(path);
            SnapshotFolder.Delete(path + RunsEnding);
            return true;
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.WriteFailed(error, path);
        }
    }

    private static string Require(string digest) => SnapshotDigest.IsValid(digest)
        ? digest
        : throw new HpcException(ErrorCode.SpecInvalid, $"'{digest}' is not the digest of a snapshot.", "Give 64 lower-case hexadecimal digits.");

    private static string MarkUse(string path, string runId)
    {
        try
        {
            Directory.CreateDirectory(path + RunsEnding);
            File.WriteAllBytes(Path.Join(path + RunsEnding, runId), []);
            return path;
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.WriteFailed(error, path + RunsEnding);
        }
    }

    private bool IsComplete(string digest)
    {
        var path = PathOf(digest);
        try
        {
            return File.Exists(path + ManifestEnding)
                && SnapshotManifestJson.TryRead(File.ReadAllBytes(path + ManifestEnding)) is { } manifest
                && string.Equals(manifest.Digest, digest, StringComparison.Ordinal)
                && SnapshotFolder.HasAll(path, manifest);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.ReadFailed(error, path + ManifestEnding);
        }
    }

    private Task<FileLock> LockAsync(CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(Path.Join(layout.SnapshotsPath, ".lock"), "snapshots", LockTimeout, cancellationToken);
}
