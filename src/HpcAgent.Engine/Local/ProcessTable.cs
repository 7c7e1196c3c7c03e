using System.Diagnostics;
using System.Globalization;

namespace HpcAgent.Engine.Local;

/// <summary>Questions about processes of this machine.</summary>
internal static class ProcessTable
{
    /// <summary>
    /// True if the process of an attempt lives and is not another one with the same id. On Linux its output or its environment tells;
    /// times would not, as the start time of a process moves with the clock.
    /// </summary>
    public static bool IsAttempt(ActiveTask task)
    {
        if (!OperatingSystem.IsLinux()) return IsAlive(task.Pid, task.StartedAt);
        string[] fields = StatFields(task.Pid);
        if (fields.Length == 0 || fields[0] is "Z" or "X") return false;
        string log = task.Run.Layout.TaskLog(task.TaskId, task.Attempt);
        return DescriptorTarget(task.Pid, 1) == log || DescriptorTarget(task.Pid, 2) == log || HasEnvironmentOf(task.Pid, task) ||
            IsAlive(task.Pid, task.StartedAt);
    }

    /// <summary>True if there is such a process and it has not ended.</summary>
    public static bool Exists(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited && !IsZombie(pid);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>True if a process was started by an attempt, which its environment shows.</summary>
    public static bool HasEnvironmentOf(int pid, ActiveTask task)
    {
        string environment = EnvironmentOf(pid);
        return environment.Contains($"\0HPC_RUN_ID={task.Run.Order.RunId}\0", StringComparison.Ordinal) &&
            environment.Contains(string.Create(CultureInfo.InvariantCulture, $"\0HPC_TASK_ID={task.TaskId}\0"), StringComparison.Ordinal) &&
            environment.Contains(string.Create(CultureInfo.InvariantCulture, $"\0HPC_ATTEMPT={task.Attempt}\0"), StringComparison.Ordinal);
    }

    /// <summary>All processes of this machine (Linux; empty elsewhere).</summary>
    public static IEnumerable<int> All()
    {
        if (!OperatingSystem.IsLinux()) yield break;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) yield return pid;
    }

    /// <summary>Ends a process and its descendants at once.</summary>
    public static void EndTree(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It has ended.
        }
    }

    // True if the process lives and was started no later than the given time.
    private static bool IsAlive(int pid, DateTimeOffset startedBy)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            if (process.HasExited || IsZombie(pid)) return false;
            // The start time of a process is derived from jiffies since boot and a clock that may be corrected: allow two seconds.
            return new DateTimeOffset(process.StartTime.ToUniversalTime()) <= startedBy.AddSeconds(2);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>The resident memory of a process and all its descendants in bytes; 0 where that cannot be read.</summary>
    public static long TreeMemoryBytes(int pid)
    {
        long total = 0;
        Stack<int> open = new([pid]);
        while (open.TryPop(out int next))
        {
            total += ResidentBytes(next);
            foreach (int child in Children(next)) open.Push(child);
        }
        return total;
    }

    /// <summary>The children of a process (Linux; empty elsewhere).</summary>
    public static IEnumerable<int> Children(int pid)
    {
        string tasks = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/task");
        List<int> children = [];
        try
        {
            foreach (string thread in Directory.EnumerateDirectories(tasks))
                foreach (string word in File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int child)) children.Add(child);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at.
        }
        return children;
    }

    /// <summary>True if a process is known to ignore SIGINT. Where the system does not say, it is taken to hear it.</summary>
    public static bool IgnoresInterrupt(int pid)
    {
        const string Name = "SigIgn:";
        string status = ReadProc(pid, "status");
        int at = status.IndexOf(Name, StringComparison.Ordinal);
        if (at < 0) return false;
        ReadOnlySpan<char> mask = status.AsSpan(at + Name.Length).Trim();
        int end = mask.IndexOf('\n');
        return ulong.TryParse(end < 0 ? mask : mask[..end], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong ignored) && (ignored & (1UL << (Posix.SigInt - 1))) != 0;
    }

    /// <summary>The process group of a process; 0 if it is gone.</summary>
    public static int GroupOf(int pid)
    {
        string[] fields = StatFields(pid);
        return fields.Length > 2 && int.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out int group) ? group : 0;
    }

    /// <summary>The environment that a process was started with, each entry between NULs; empty if it cannot be read.</summary>
    public static string EnvironmentOf(int pid) => "\0" + ReadProc(pid, "environ");

    private static string ReadProc(int pid, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string? DescriptorTarget(int pid, int descriptor)
    {
        try
        {
            return new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd/{descriptor}")).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static long ResidentBytes(int pid)
    {
        try
        {
            string[] fields = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/statm")).Split(' ');
            return long.Parse(fields[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return 0;
        }
    }

    private static bool IsZombie(int pid) => StatFields(pid) is ["Z", ..];

    // The fields behind the command, which may itself hold blanks and brackets: state, parent, group ...
    private static string[] StatFields(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
