using Microsoft.Win32.SafeHandles;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Reads a task's metrics file whole, or says why that cannot be.</summary>
internal static class MetricsFile
{
    private const int MostTries = 3;

    /// <summary>Reads a file into the worker's buffer. No reason: the file is not there.</summary>
    /// <param name="worker">Whose buffer.</param>
    /// <param name="path">The absolute path.</param>
    /// <param name="maxBytes">A longer file is refused by its size, without being read.</param>
    /// <param name="length">How many bytes were read.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="afterRead">Called when the bytes have been read and before it is looked whether the file is still the same; for tests.</param>
    public static bool TryRead(ReductionWorker worker, string path, int maxBytes, out int length, out string? reason, Action? afterRead = null)
    {
        length = 0;
        try
        {
            for (int i = 0; i < MostTries; i++)
            {
                FileInfo file = new(path);
                if (!file.Exists)
                {
                    reason = Directory.Exists(path) ? $"{path} is a folder, not a file" : null;
                    return false;
                }
                // The length of a link is its own.
                if (file.Attributes.HasFlag(FileAttributes.ReparsePoint) && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                    file = target;
                // Pipes, sockets and devices have no length. They must not be opened: that could wait for ever.
                if (file.Length == 0)
                {
                    reason = $"{path} is empty, or not a regular file";
                    return false;
                }
                reason = $"{path} is larger than {maxBytes} bytes";
                if (file.Length > maxBytes) return false;
                using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                if (!TryReadAll(worker, handle, (int)file.Length, maxBytes, out length)) return false;
                afterRead?.Invoke();
                if (length == file.Length && File.GetLastWriteTimeUtc(handle) == file.LastWriteTimeUtc) return true;
            }
            reason = $"{path} changes while it is read";
            return false;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = null;
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reason = $"{path} cannot be read: {exception.Message}";
            return false;
        }
    }

    private static bool TryReadAll(ReductionWorker worker, SafeFileHandle handle, int expected, int maxBytes, out int length)
    {
        length = 0;
        worker.Enlarge(expected + 1);
        while (true)
        {
            int read = RandomAccess.Read(handle, worker.Buffer[length..], length);
            length += read;
            // Of a regular file less comes than there is room for only at its end; that it has not grown since is seen afterwards.
            if (read == 0 || (length == expected && worker.Buffer.Length > length))
                return true;
            if (length > maxBytes)
                return false;
            worker.Enlarge(length + 1);
        }
    }
}
