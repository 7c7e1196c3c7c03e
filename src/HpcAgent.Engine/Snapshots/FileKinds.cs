using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Snapshots;

/// <summary>What a path is, links not followed.</summary>
internal enum FileKind
{
    /// <summary>Nothing is there.</summary>
    Missing,

    /// <summary>A file.</summary>
    File,

    /// <summary>A file that its owner may execute.</summary>
    Executable,

    /// <summary>A folder.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A pipe, a socket or a device.</summary>
    Special,
}

/// <summary>Tells what paths are.</summary>
internal static class FileKinds
{
    private const uint TypeMask = 0xF000;
    private const uint OwnerMayExecute = 0x40;

    internal static FileKind Of(string path)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null)
            return FileKind.Link;
        if (Directory.Exists(path))
            return FileKind.Directory;
        if (!OperatingSystem.IsWindows() && Posix.TryGetMode(path) is { } mode)
            return Of(mode);
        if (!info.Exists)
            return FileKind.Missing;
        var isExecutable = OperatingSystem.IsWindows() ? HasInterpreterLine(path) : File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
        return isExecutable ? FileKind.Executable : FileKind.File;
    }

    private static FileKind Of(uint mode) => (mode & TypeMask) switch
    {
        0x8000 => (mode & OwnerMayExecute) != 0 ? FileKind.Executable : FileKind.File,
        0xA000 => FileKind.Link,
        0x4000 => FileKind.Directory,
        _ => FileKind.Special,
    };

    /// <summary>Windows has no such permission; a script that names its interpreter is meant to be run.</summary>
    private static bool HasInterpreterLine(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        return stream.ReadByte() == '#' && stream.ReadByte() == '!';
    }
}
