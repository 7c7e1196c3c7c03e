namespace HpcAgent.Engine.Storage;

/// <summary>
/// Writes that are there in full or not at all, and on disk when the call returns. On any error the old content stays and no
/// temporary file is left. Errors are <see cref="HpcException"/> with <see cref="ErrorCode.PreconditionFailed"/>.
/// </summary>
public static class DurableFile
{
    private const string TemporarySuffix = ".tmp";

    /// <summary>Replaces a file, or creates it.</summary>
    /// <param name="path">Absolute path; its folder is created if need be.</param>
    /// <param name="content">The whole content.</param>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    public static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        Task.Run(() => Write(path, content.Span, Replace), cancellationToken);

    /// <summary>Creates a file that must not exist yet; of several processes that try at once, one wins.</summary>
    /// <param name="path">Absolute path; its folder is created if need be.</param>
    /// <param name="content">The whole content.</param>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    /// <returns>False if the file was already there; it is then unchanged.</returns>
    public static Task<bool> TryCreateAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken = default) =>
        Task.Run(() => Write(path, content.Span, Create), cancellationToken);

    /// <summary>
    /// Adds bytes to the end of a file in one write. A last line without its newline, left by a crash, is closed first. The caller holds
    /// the lock that keeps other writers away.
    /// </summary>
    /// <param name="path">Absolute path; the file and its folder are created if need be.</param>
    /// <param name="content">The bytes to add, ending in a newline.</param>
    /// <param name="flush">True to have them on disk on return.</param>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    public static Task AppendAsync(string path, ReadOnlyMemory<byte> content, bool flush, CancellationToken cancellationToken = default) =>
        Task.Run(() => Append(path, content.Span, flush), cancellationToken);

    /// <summary>True for the name of a temporary file of this class, which a killed process may leave behind.</summary>
    internal static bool IsTemporary(string name) =>
        name.StartsWith('.') && name.EndsWith(TemporarySuffix, StringComparison.Ordinal);

    private static bool Write(string path, ReadOnlySpan<byte> content, Func<string, string, bool> publish)
    {
        var folder = Path.GetDirectoryName(path)!;
        var temporary = Path.Join(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}{TemporarySuffix}");
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
            {
                stream.Write(content);
                stream.Flush(flushToDisk: true);
            }

            var published = publish(temporary, path);
            FlushFolder(folder);
            return published;
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.WriteFailed(error, path);
        }
        finally
        {
            DeleteQuietly(temporary);
        }
    }

    private static bool Replace(string temporary, string path)
    {
        File.Move(temporary, path, overwrite: true);
        return true;
    }

    private static bool Create(string temporary, string path)
    {
        const int exists = 17;
        if (!OperatingSystem.IsWindows())
        {
            // File.Move looks first and renames then, so that two processes could both win; a hard link cannot.
            var error = Posix.TryLink(temporary, path);
            if (error is 0 or exists)
                return error == 0;
        }

        if (File.Exists(path))
            return false;
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static void Append(string path, ReadOnlySpan<byte> content, bool flush)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            var length = stream.Length;
            try
            {
                var isTorn = EndsInsideLine(stream, length);
                stream.Seek(length, SeekOrigin.Begin);
                stream.Write(isTorn ? [(byte)'\n', .. content] : content);
                if (flush)
                    stream.Flush(flushToDisk: true);
            }
            catch (IOException)
            {
                stream.SetLength(length);
                throw;
            }

            if (flush && length == 0)
                FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.WriteFailed(error, path);
        }
    }

    private static bool EndsInsideLine(FileStream stream, long length)
    {
        if (length == 0)
            return false;
        stream.Seek(length - 1, SeekOrigin.Begin);
        return stream.ReadByte() != '\n';
    }

    private static void FlushFolder(string folder)
    {
        if (!OperatingSystem.IsWindows())
            Posix.FlushFolder(folder);
    }

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            // The error that brought us here says more.
        }
    }
}
