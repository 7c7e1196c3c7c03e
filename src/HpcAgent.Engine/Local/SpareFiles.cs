namespace HpcAgent.Engine.Local;

/// <summary>
/// The empty work folder and the empty log of the task before, which become those of the next task by a rename. To make and delete both
/// for every task costs a fifth of a millisecond on ext4, which does not give a deleted file's number away for a minute and looks at
/// each of those that wait; two renames cost a tenth of that. Only for tasks of which nothing still runs: what does might write here.
/// </summary>
internal sealed class SpareFiles
{
    private string? _work;
    private string? _log;
    private UnixFileMode? _mode;

    /// <summary>Makes a work folder.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void MakeWork(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(path);
            return;
        }
        if (_work is { } spare)
        {
            _work = null;
            if (Posix.rename(spare, path) == 0) return;
            _ = Posix.rmdir(spare);
        }
        if (Posix.mkdir(path, 0b111_111_101) != 0)
        {
            int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
            if (error == Posix.ErrorExists) return;
            throw new IOException($"cannot make {path}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}", error);
        }
        _mode ??= File.GetUnixFileMode(path);
    }

    /// <summary>Sees to it that there is no log yet, or an empty one.</summary>
    public void MakeLog(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        if (_log is { } spare)
        {
            _log = null;
            if (Posix.rename(spare, path) == 0) return;
            _ = Posix.unlink(spare);
        }
        // One of the same attempt is there only if its start was lost with damaged events.
        _ = Posix.unlink(path);
    }

    /// <summary>Keeps a work folder for the next task if it is as good as new.</summary>
    public bool TryKeepWork(string path)
    {
        if (OperatingSystem.IsWindows() || _work is not null || _mode is null) return false;
        try
        {
            DirectoryInfo folder = new(path);
            if ((folder.Attributes & FileAttributes.ReparsePoint) != FileAttributes.None || folder.UnixFileMode != _mode) return false;
            if (Directory.EnumerateFileSystemEntries(path).Any()) return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The task did something to it.
            return false;
        }
        _work = path;
        return true;
    }

    /// <summary>Keeps an empty log for the next task.</summary>
    public bool TryKeepLog(string path)
    {
        if (_log is not null) return false;
        _log = path;
        return true;
    }

    /// <summary>Deletes what was kept.</summary>
    public void Drop()
    {
        if (OperatingSystem.IsWindows()) return;
        if (_work is not null) _ = Posix.rmdir(_work);
        if (_log is not null) _ = Posix.unlink(_log);
        (_work, _log) = (null, null);
    }
}
