using System.Globalization;

namespace HpcAgent.Engine.Storage;

/// <summary>
/// An exclusive lock between processes, held on an open file. The system frees it when the process ends in whatever way. The file is never
/// deleted: a lock on a deleted file excludes nobody. It names the holder, for the message to those who wait.
/// </summary>
public sealed class FileLock : IDisposable
{
    private const int MaxHolderBytes = 4096;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream stream;

    private FileLock(FileStream stream, string path)
    {
        this.stream = stream;
        FilePath = path;
    }

    /// <summary>The file of the lock.</summary>
    public string FilePath { get; }

    /// <summary>Takes the lock, waiting for its holder if there is one.</summary>
    /// <param name="path">Absolute path of the lock's file; its folder is created if need be.</param>
    /// <param name="purpose">What it is taken for, in a few words, for others to read.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcException">The wait is over (the message names the holder), or the file cannot be locked at all.</exception>
    public static async Task<FileLock> AcquireAsync(string path, string purpose, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var clock = TimeProvider.System;
        var start = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path, purpose) is { } acquired)
                return acquired;
            var left = timeout - clock.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
                throw Held(path, timeout);
            await Task.Delay(left < pause ? left : pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the lock if it is free.</summary>
    /// <param name="path">Absolute path of the lock's file.</param>
    /// <param name="purpose">What it is taken for.</param>
    /// <returns>The lock, or null if someone holds it.</returns>
    public static FileLock? TryAcquire(string path, string purpose)
    {
        FileStream? opened = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);

            // Windows: readers are let in to see the holder; a second writer is refused all the same.
            var share = OperatingSystem.IsWindows() ? FileShare.Read : FileShare.None;
            opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, share, bufferSize: 0);
            if (!IsReallyLocked(opened, path))
            {
                opened.Dispose();
                return null;
            }

            WriteHolder(opened, purpose);
            return new(opened, path);
        }
        catch (Exception error) when (StorageError.IsBusy(error))
        {
            return null;
        }
        catch (Exception error)
        {
            opened?.Dispose();
            if (StorageError.IsStorageError(error))
                throw StorageError.WriteFailed(error, path);
            throw;
        }
    }

    /// <summary>Who holds the lock, or held it last if its process died.</summary>
    /// <param name="path">Absolute path of the lock's file.</param>
    /// <returns>The holder, or null if the file does not tell.</returns>
    public static LockHolder? ReadHolder(string path)
    {
        if (!OperatingSystem.IsWindows())
            return LockHolder.TryParse(Posix.ReadIgnoringLocks(path, MaxHolderBytes));
        try
        {
            using var reader = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[MaxHolderBytes];
            return LockHolder.TryParse(buffer.AsMemory(0, reader.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)));
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            return null;
        }
    }

    /// <summary>Frees the lock.</summary>
    public void Dispose()
    {
        if (!stream.CanWrite)
            return;
        try
        {
            stream.SetLength(0);
        }
        catch (IOException)
        {
            // Only the name of the holder stays behind; closing frees the lock.
        }

        stream.Dispose();
    }

    /// <summary>.NET takes the lock too, but says nothing where the file system has none; a lock that excludes nobody is worse than none.</summary>
    private static bool IsReallyLocked(FileStream file, string path)
    {
        if (OperatingSystem.IsWindows())
            return true;
        var error = Posix.TryLock(file.SafeFileHandle);
        if (error is 0 or WouldBlockLinux or WouldBlockMac)
            return error == 0;
        throw new HpcException(
            ErrorCode.ConfigInvalid,
            string.Create(CultureInfo.InvariantCulture, $"The file system of '{path}' has no file locks (error {error})."),
            $"Set {StateEnvironment.JournalVariable} to a folder on a local disk.");
    }

    private static void WriteHolder(FileStream file, string purpose)
    {
        var holder = new LockHolder(Environment.ProcessId, Environment.MachineName, purpose, DateTimeOffset.UtcNow);
        try
        {
            file.SetLength(0);
            file.Write(holder.ToJson());
            file.Flush();
        }
        catch (IOException error) when (StorageError.IsFull(error))
        {
            // The lock holds without a name.
        }
    }

    private static HpcException Held(string path, TimeSpan timeout)
    {
        var holder = ReadHolder(path) is { } found
            ? string.Create(CultureInfo.InvariantCulture, $"process {found.ProcessId} on {found.Host} ({found.Purpose}, since {found.Since:yyyy-MM-dd HH:mm:ss} UTC)")
            : "another process";
        return new(
            ErrorCode.PreconditionFailed,
            string.Create(CultureInfo.InvariantCulture, $"'{path}' is locked by {holder}; waited {timeout.TotalSeconds:0.###} s."),
            "Let that process end, or end it, then repeat the command. The lock goes with the process; the file needs no deletion.");
    }
}
