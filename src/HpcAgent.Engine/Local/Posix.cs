using System.Runtime.InteropServices;

namespace HpcAgent.Engine.Local;

/// <summary>The few calls of the C library that the embedded scheduler needs and .NET does not offer.</summary>
/// <remarks>
/// A supervisor that used <see cref="System.Diagnostics.Process"/> would pay about a millisecond a task and could learn
/// neither the signal nor the peak memory of a task; <c>wait4</c> gives both.
/// </remarks>
internal static unsafe partial class Posix
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int NoHang = 1;
    public const int ErrorNoEntry = 2;
    public const int ErrorInterrupted = 4;
    public const int ErrorExists = 17;

    private const int OpenReadWrite = 2;
    private const int OpenWriteOnly = 1;
    private const int CloseOnExec = 1;
    private const int GetDescriptorFlags = 1;
    private const int FirstFreeDescriptor = 10;
    private const int WaitPid = 1;
    private const int WaitExited = 4;
    private const int SetChildSubreaper = 36;
    private const short SpawnSetGroup = 2;

    private static readonly bool s_linux = OperatingSystem.IsLinux();

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setpgid(int pid, int group);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int mkdir(string path, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rmdir(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlink(string path);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rename(string from, string to);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint signal(int signal, nint handler);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int wait4(int pid, int* status, int options, byte* usage);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitid(int kind, int id, byte* info, int options);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int pipe(int* ends);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnp(int* pid, byte* file, byte* actions, byte* attributes, byte** argv, byte** environment);

    /// <summary>Undoes an ignored SIGCHLD, with which the system would reap our children before we can ask how they ended.</summary>
    public static void WatchChildren() => _ = signal(s_linux ? 17 : 20, 0);

    /// <summary>Makes every orphan below this process its child, so that tasks can be waited for whoever forked them.</summary>
    /// <returns>False where the system has no such thing (only Linux has).</returns>
    public static bool TryBecomeSubreaper() => s_linux && prctl(SetChildSubreaper, 1, 0, 0, 0) == 0;

    /// <summary>Leaves the terminal and every descriptor that this process was given: a captured output must not stay open.</summary>
    public static void Detach()
    {
        _ = setsid();
        int nothing = open("/dev/null", OpenReadWrite, 0);
        for (int target = 0; nothing >= 0 && target <= 2; target++) _ = dup2(nothing, target);
        if (!s_linux) return;
        foreach (string entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            // The runtime opens all its own files close-on-exec; what lacks the mark was inherited.
            if (!int.TryParse(Path.GetFileName(entry.AsSpan()), out int descriptor) || descriptor <= 2) continue;
            int flags = fcntl(descriptor, GetDescriptorFlags, 0);
            if (flags >= 0 && (flags & CloseOnExec) == 0) _ = close(descriptor);
        }
    }

    /// <summary>Writes a file that only its owner can read, in three calls; <see cref="File"/> needs three times as many.</summary>
    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        // O_CREAT | O_TRUNC | O_CLOEXEC
        int flags = OpenWriteOnly | (s_linux ? 0x40 | 0x200 | 0x80000 : 0x200 | 0x400 | 0x1000000);
        int file = open(path, flags, 0b110_000_000);
        if (file < 0) throw LastError(path);
        try
        {
            fixed (byte* bytes = content)
            {
                for (int at = 0; at < content.Length;)
                {
                    nint written = write(file, bytes + at, content.Length - at);
                    if (written > 0) at += (int)written;
                    else if (Marshal.GetLastPInvokeError() != ErrorInterrupted) throw LastError(path);
                }
            }
        }
        finally
        {
            _ = close(file);
        }
    }

    /// <summary>Makes a pipe whose ends no child inherits by accident, and that are not among the descriptors which <see cref="Spawn"/> gives to a child.</summary>
    public static (int Read, int Write) Pipe()
    {
        int* ends = stackalloc int[2];
        if (pipe(ends) != 0) throw LastError("pipe");
        return (Above(ends[0]), Above(ends[1]));
    }

    // A process with few open files gets 7 and 8 from the system itself: joining the one would then close the other.
    private static int Above(int descriptor)
    {
        int moved = fcntl(descriptor, s_linux ? 1030 : 67, FirstFreeDescriptor);
        if (moved < 0) throw LastError("fcntl");
        _ = close(descriptor);
        return moved;
    }

    /// <summary>Starts a program in a process group of its own, with its descriptors 7 and 8 joined to the given pipe ends.</summary>
    public static int Spawn(string file, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, int commands, int reports)
    {
        byte* actions = stackalloc byte[1024];
        byte* attributes = stackalloc byte[1024];
        _ = posix_spawn_file_actions_init(actions);
        _ = posix_spawnattr_init(attributes);
        _ = posix_spawnattr_setflags(attributes, SpawnSetGroup);
        byte** argv = ToNativeList([file, .. arguments]);
        byte** envp = ToNativeList(environment);
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(file);
        try
        {
            _ = posix_spawn_file_actions_adddup2(actions, commands, 7);
            _ = posix_spawn_file_actions_adddup2(actions, reports, 8);
            int pid;
            int error = posix_spawnp(&pid, path, actions, attributes, argv, envp);
            return error == 0 ? pid : throw new IOException($"cannot start {file}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
        finally
        {
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
            Free(argv);
            Free(envp);
            Marshal.FreeCoTaskMem((nint)path);
        }
    }

    /// <summary>Waits until a child has ended, and leaves it as a zombie so that its pid and group cannot be reused yet.</summary>
    public static bool WaitUntilEnded(int pid)
    {
        byte* info = stackalloc byte[256];
        int noReap = s_linux ? 0x01000000 : 0x20;
        int result;
        do result = waitid(WaitPid, pid, info, WaitExited | noReap);
        while (result != 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
        return result == 0;
    }

    /// <summary>Reaps an ended child.</summary>
    /// <returns>Exit code or signal, and the peak resident memory in bytes; null if there is no such child, or it still runs.</returns>
    public static ProcessEnd? Reap(int pid, int options = 0)
    {
        // struct rusage: two timevals, then ru_maxrss, then 13 more longs.
        byte* usage = stackalloc byte[256];
        int status;
        int result;
        do result = wait4(pid, &status, options, usage);
        while (result < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
        if (result <= 0) return null;
        long peak = *(long*)(usage + 32) * (s_linux ? 1024 : 1);
        int signal = status & 0x7f;
        return signal == 0
            ? new ProcessEnd(result, (status >> 8) & 0xff, null, peak)
            : new ProcessEnd(result, null, signal, peak);
    }

    private static IOException LastError(string call) =>
        new($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}", Marshal.GetLastPInvokeError());

    private static byte** ToNativeList(IReadOnlyList<string> items)
    {
        byte** list = (byte**)NativeMemory.Alloc((nuint)(items.Count + 1), (nuint)sizeof(byte*));
        for (int i = 0; i < items.Count; i++) list[i] = (byte*)Marshal.StringToCoTaskMemUTF8(items[i]);
        list[items.Count] = null;
        return list;
    }

    private static void Free(byte** list)
    {
        for (byte** item = list; *item is not null; item++) Marshal.FreeCoTaskMem((nint)(*item));
        NativeMemory.Free(list);
    }
}
