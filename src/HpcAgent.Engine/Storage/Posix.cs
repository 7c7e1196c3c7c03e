using System.Runtime.InteropServices;

namespace HpcAgent.Engine.Storage;

/// <summary>The few system calls that .NET does not offer. Only for Unix.</summary>
internal static partial class Posix
{
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const uint TypeAndMode = 3;
    private const uint OwnerField = 8;
    private const int StatBufferSize = 256;

    /// <summary>Flushes a folder, so that a rename in it survives a power cut. File systems that cannot do it are left alone.</summary>
    /// <param name="path">The folder.</param>
    internal static void FlushFolder(string path)
    {
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    /// <summary>Gives a file a second name, and fails if that name is taken.</summary>
    /// <returns>0, or the error number.</returns>
    internal static int TryLink(string existing, string name) => Link(existing, name) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Takes the exclusive lock of an open file without waiting.</summary>
    /// <returns>0, or the error number.</returns>
    internal static int TryLock(SafeHandle file)
    {
        var added = false;
        try
        {
            file.DangerousAddRef(ref added);
            return Flock((int)file.DangerousGetHandle(), LockExclusive | LockNonBlocking) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        finally
        {
            if (added)
                file.DangerousRelease();
        }
    }

    /// <summary>Reads the start of a file without regard to locks, which .NET's own open respects.</summary>
    internal static byte[] ReadIgnoringLocks(string path, int maxBytes)
    {
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            return [];
        var buffer = new byte[maxBytes];
        var count = Read(descriptor, buffer, (nuint)maxBytes);
        _ = Close(descriptor);
        return count <= 0 ? [] : buffer[..(int)count];
    }

    /// <summary>The file type and permission bits of a path, links not followed.</summary>
    /// <returns>The mode, or null where the system does not tell.</returns>
    internal static uint? TryGetMode(string path)
    {
        Span<byte> buffer = stackalloc byte[StatBufferSize];
        try
        {
            if (OperatingSystem.IsLinux())
                return Statx(CurrentFolder, path, NoFollow, TypeAndMode, ref MemoryMarshal.GetReference(buffer)) == 0
                    ? MemoryMarshal.Read<ushort>(buffer[28..])
                    : null;
            if (OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64)
                return LStat(path, ref MemoryMarshal.GetReference(buffer)) == 0 ? MemoryMarshal.Read<ushort>(buffer[4..]) : null;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library older than statx: the caller does without.
        }

        return null;
    }

    /// <summary>True if a path is a folder, not a link, that belongs to the user of this process and that nobody else can enter.</summary>
    internal static bool IsPrivateFolder(string path)
    {
        const int folderType = 0x4000;
        const int typeMask = 0xF000;
        const int othersMask = 0x3F;
        return TryGetMode(path) is { } mode && (mode & typeMask) == folderType && (mode & othersMask) == 0 && TryGetOwner(path) == EffectiveUserId();
    }

    /// <summary>The id of the user for whom this process acts.</summary>
    internal static uint CurrentUserId() => EffectiveUserId();

    private static uint? TryGetOwner(string path)
    {
        Span<byte> buffer = stackalloc byte[StatBufferSize];
        if (OperatingSystem.IsLinux())
            return Statx(CurrentFolder, path, NoFollow, TypeAndMode | OwnerField, ref MemoryMarshal.GetReference(buffer)) == 0
                ? MemoryMarshal.Read<uint>(buffer[20..])
                : null;
        return LStat(path, ref MemoryMarshal.GetReference(buffer)) == 0 ? MemoryMarshal.Read<uint>(buffer[16..]) : null;
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUserId();

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, [Out] byte[] buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte buffer);

    [LibraryImport("libc", EntryPoint = "lstat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LStat(string path, ref byte buffer);
}
