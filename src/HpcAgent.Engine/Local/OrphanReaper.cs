using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace HpcAgent.Engine.Local;

/// <summary>
/// Ends what tasks leave behind. A process that detached itself from its task's group (a daemon) becomes a child of the supervisor, which
/// is a subreaper, when its own parent ends. While its task runs it is left alone; when the task is over it has no business any more.
/// </summary>
internal sealed class OrphanReaper
{
    private readonly ConcurrentDictionary<int, bool> _own = new();
    private readonly Lazy<SafeFileHandle?> _children = new(OpenChildren);
    private int _reapsBegun;
    private int _reapsDone;
    private int _startsBegun;
    private int _startsDone;

    /// <summary>Marks a child as a waiting shell or a task, which others wait for.</summary>
    public void Own(int pid) => _own[pid] = true;

    /// <summary>Takes the mark back, after the child was reaped.</summary>
    public void Disown(int pid) => _ = _own.TryRemove(pid, out _);

    /// <summary>Reaps a child; see <see cref="Posix.Reap"/>.</summary>
    public ProcessEnd? Reap(int pid, int options = 0)
    {
        _ = Interlocked.Increment(ref _reapsBegun);
        ProcessEnd? end = Posix.Reap(pid, options);
        _ = Interlocked.Increment(ref _reapsDone);
        return end;
    }

    /// <summary>
    /// True if it is certain that every child is a task or a waiting shell. What a task leaves running becomes our child before
    /// the task can be waited for, so that after its end this answers whether something of it is left.
    /// </summary>
    public bool HasOnlyOwn()
    {
        // The kernel's list can skip a child if another one is reaped while it is read.
        int begun = Volatile.Read(ref _reapsBegun);
        if (begun != Volatile.Read(ref _reapsDone) || _children.Value is not { } list) return false;
        Span<byte> text = stackalloc byte[2048];
        int length = RandomAccess.Read(list, text, 0);
        if (length == text.Length || begun != Volatile.Read(ref _reapsBegun)) return false;
        ReadOnlySpan<byte> rest = text[..length];
        while (!(rest = rest.TrimStart((byte)' ')).IsEmpty)
        {
            if (!Utf8Parser.TryParse(rest, out int pid, out int used) || !_own.ContainsKey(pid)) return false;
            rest = rest[used..];
        }
        return true;
    }

    /// <summary>To be called before a shell is started, which is not known to be ours before its pid is.</summary>
    public void BeginStart() => _ = Interlocked.Increment(ref _startsBegun);

    /// <summary>To be called when all processes of the start are known or gone.</summary>
    public void EndStart() => _ = Interlocked.Increment(ref _startsDone);

    /// <summary>Ends and reaps the leftovers of tasks that are over. While a shell is being started nothing is done: there is a next time.</summary>
    /// <param name="active">The tasks that run now.</param>
    public void EndThoseLeftBehind(ICollection<ActiveTask> active)
    {
        if (OperatingSystem.IsLinux()) EndThoseLeftBehind(active, () => ProcessTable.Children(Environment.ProcessId));
    }

    /// <param name="active">The tasks that run now.</param>
    /// <param name="children">Lists the processes that are looked at.</param>
    internal void EndThoseLeftBehind(ICollection<ActiveTask> active, Func<IEnumerable<int>> children)
    {
        int done = Volatile.Read(ref _startsDone);
        int[] listed = [.. children()];
        foreach (int child in listed)
        {
            if (done != Volatile.Read(ref _startsBegun)) return;
            if (_own.ContainsKey(child)) continue;
            if (Reap(child, Posix.NoHang) is not null || BelongsTo(child, active)) continue;
            _ = Posix.kill(child, Posix.SigKill);
        }
    }

    /// <summary>
    /// Ends what is left of an attempt whose end nobody witnessed: its supervisor died, so its orphans went to the system.
    /// </summary>
    public static void EndRemains(ActiveTask task)
    {
        foreach (int pid in ProcessTable.All())
            if (pid != Environment.ProcessId && ProcessTable.HasEnvironmentOf(pid, task)) _ = Posix.kill(pid, Posix.SigKill);
    }

    // Orphans are inherited by the first thread.
    private static SafeFileHandle? OpenChildren()
    {
        try
        {
            return File.OpenHandle(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{Environment.ProcessId}/children"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool BelongsTo(int pid, ICollection<ActiveTask> active)
    {
        if (active.Count == 0) return false;
        int group = ProcessTable.GroupOf(pid);
        string environment = ProcessTable.EnvironmentOf(pid);
        // A forked shell that was never exec'ed shows the environment of its ancestor: nothing says whose it is, so it stays.
        if (!environment.Contains("\0HPC_TASK_ID=", StringComparison.Ordinal)) return true;
        return active.Any(task => task.Pid == group || (
            environment.Contains($"\0HPC_RUN_ID={task.Run.Order.RunId}\0", StringComparison.Ordinal) &&
            environment.Contains(string.Create(CultureInfo.InvariantCulture, $"\0HPC_TASK_ID={task.TaskId}\0"), StringComparison.Ordinal)));
    }
}
