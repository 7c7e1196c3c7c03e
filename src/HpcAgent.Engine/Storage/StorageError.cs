namespace HpcAgent.Engine.Storage;

/// <summary>Turns the errors of the file system into errors that name the file and the way out.</summary>
internal static class StorageError
{
    private const int Windows = unchecked((int)0x80070000);
    /// <summary>ENOSPC, as an exception of the file system carries it.</summary>
    internal const int DiskFull = 28;

    private static readonly int[] FullErrors = [DiskFull, 122, 69, Windows | 0x70, Windows | 0x27];
    private static readonly int[] TooLargeErrors = [27];
    private static readonly int[] ReadOnlyErrors = [30, Windows | 0x13];
    private static readonly int[] BusyErrors = [11, 35, Windows | 0x20, Windows | 0x21];

    internal static bool IsStorageError(Exception error) => error is IOException or UnauthorizedAccessException or NotSupportedException;

    internal static bool IsFull(Exception error) => error is IOException && FullErrors.Contains(error.HResult);

    /// <summary>True if someone else holds the file.</summary>
    internal static bool IsBusy(Exception error) => error is IOException && BusyErrors.Contains(error.HResult);

    /// <summary>The error to show for a failed write.</summary>
    /// <param name="error">What the file system said.</param>
    /// <param name="path">The file that should have been written.</param>
    internal static HpcException WriteFailed(Exception error, string path) => error switch
    {
        _ when IsFull(error) => Create(path, "the disk is full or the quota is used up", "Free some space there, then repeat the command.", error),
        _ when TooLargeErrors.Contains(error.HResult) => Create(path, "the file would be larger than allowed", "Raise the file size limit (ulimit -f), then repeat the command.", error),
        UnauthorizedAccessException => Create(path, "access is denied", "Give yourself write access to that folder, or choose another one.", error),
        _ when ReadOnlyErrors.Contains(error.HResult) => Create(path, "the file system is read-only", "Choose a folder on a writable file system.", error),
        _ => Create(path, error.Message.TrimEnd('.'), "Look at that path: a part of it may be missing, or a file where a folder should be.", error),
    };

    /// <summary>The error to show for a failed read.</summary>
    internal static HpcException ReadFailed(Exception error, string path) =>
        new(ErrorCode.PreconditionFailed, $"'{path}' cannot be read: {error.Message.TrimEnd('.')}.", "Give yourself read access to that file.", error);

    private static HpcException Create(string path, string reason, string remediation, Exception error) =>
        new(ErrorCode.PreconditionFailed, $"'{path}' could not be written: {reason}.", remediation, error);
}
