using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Runs;

/// <summary>Sidecars on disk, <c>.hpc/runs/&lt;run_id&gt;.json</c>.</summary>
public static class SidecarFile
{
    /// <summary>The bytes of the file, for the copy that travels to the cluster.</summary>
    /// <param name="sidecar">The record.</param>
    public static byte[] ToBytes(Sidecar sidecar)
    {
        ArgumentNullException.ThrowIfNull(sidecar);
        RunId.Require(sidecar.RunId);
        return SidecarWriter.Write(sidecar);
    }

    /// <summary>Writes the record of a new run. The same content once more is no error.</summary>
    /// <param name="layout">The user's folder.</param>
    /// <param name="sidecar">The record.</param>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.PreconditionFailed"/>: another record of that name exists.</exception>
    public static async Task CreateAsync(ExperimentLayout layout, Sidecar sidecar, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var content = ToBytes(sidecar);
        var path = layout.SidecarPath(sidecar.RunId);
        if (await DurableFile.TryCreateAsync(path, content, cancellationToken).ConfigureAwait(false))
            return;
        var existing = await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false);
        if (!existing.AsSpan().SequenceEqual(content))
            throw new HpcException(ErrorCode.PreconditionFailed, $"The run '{sidecar.RunId}' exists already with another content ('{path}').", "Choose another run id, or continue the run that exists.");
    }

    /// <summary>Reads the record of a run.</summary>
    /// <param name="layout">The user's folder.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The record, or null if there is none.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: damaged, with line and column;
    /// <see cref="ErrorCode.SchemaIncompat"/>: of a later version.</exception>
    public static async Task<Sidecar?> TryReadAsync(ExperimentLayout layout, string runId, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(layout);
        var path = layout.SidecarPath(runId);
        return File.Exists(path) ? Parse(await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false), path) : null;
    }

    /// <summary>Reads a record from bytes.</summary>
    /// <param name="content">The bytes of the file.</param>
    /// <param name="path">Its path, for messages; its name without extension is the run's.</param>
    public static Sidecar Parse(byte[] content, string path) => new SidecarReader(content, path).Read();

    private static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.ReadFailed(error, path);
        }
    }
}
