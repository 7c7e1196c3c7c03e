using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Local;

/// <summary>
/// Runs tasks in a chain of forked shells. Starting a shell for each task would cost more than a short task itself, so a shell that has
/// read its site's preamble once waits for a word on descriptor 7; it then forks its successor, which waits in its place, says the
/// successor's pid on descriptor 8, and becomes the task. When it ends, the successor is inherited by the supervisor (a subreaper),
/// which can therefore <c>wait4</c> every task and learn its true exit code or signal and its peak memory. If the supervisor dies,
/// the waiting shell reads the end of the pipe and leaves; a running task goes on and writes its exit code to a file.
/// Where a process cannot inherit orphans (macOS), every task gets a new shell instead, a child of the supervisor from the start.
/// </summary>
internal sealed class ShellChain : ITaskLauncher
{
    // The stack of the shell grows a little with each generation; bash also gets slower.
    private const int MaxGenerations = 100;

    private readonly OrphanReaper _orphans;
    private readonly string _shell;
    private readonly bool _forks;
    private readonly TaskTable _tasks;
    private readonly ShellScript _script;
    private readonly IReadOnlyList<string> _environment;
    private int _commands = -1;
    private int _reports = -1;
    private int _waiting;
    private int _generation;

    /// <param name="order">The run's order.</param>
    /// <param name="layout">The run's folder.</param>
    /// <param name="tasks">The run's tasks.</param>
    /// <param name="slotFolder">A private folder of the slot; it is made.</param>
    /// <param name="environment">The environment of the tasks.</param>
    /// <param name="orphans">Told which processes are waited for.</param>
    /// <param name="forks">True if this process inherits orphans, so that shells can fork their successors.</param>
    public ShellChain(
        LocalOrder order, RunLayout layout, TaskTable tasks, string slotFolder, IReadOnlyList<string> environment, OrphanReaper orphans, bool forks)
    {
        (_orphans, _shell, _tasks, _forks) = (orphans, order.Shell, tasks, forks);
        _ = Directory.CreateDirectory(slotFolder);
        _script = new ShellScript(order, layout, slotFolder, forks);
        _environment = environment;
    }

    public bool IsWaiting => _commands >= 0 && _waiting > 0 && _generation < MaxGenerations;

    public ProcessEnd Run(TaskLaunch launch, Action<int> starting, Action ending)
    {
        _script.WriteTask(launch, _tasks.ReadRecord(launch.TaskId));
        int pid = WaitingShell();
        starting(pid);
        int? successor = Go();
        if (successor is null)
        {
            // It was ended together with the task before it and had not been gone yet when it was looked at: nothing has started.
            Dispose();
            pid = WaitingShell();
            starting(pid);
            successor = Go();
        }
        (_waiting, _generation) = (successor ?? throw new IOException("the waiting shell is gone"), _generation + 1);
        _ = Posix.WaitUntilEnded(pid);
        ending();
        // The successor belongs to us now and can leave the group of the task; whatever else the task left running in it is ended.
        // The leader is a zombie still, so the group cannot be anyone else's.
        if (_waiting > 0) _ = Posix.setpgid(_waiting, _waiting);
        _ = Posix.kill(-pid, Posix.SigKill);
        ProcessEnd end = _orphans.Reap(pid) ?? new ProcessEnd(pid, null, null, null);
        _orphans.Disown(pid);
        if (_forks) return end with { LeftNothing = _orphans.HasOnlyOwn() };
        // A shell that was spawned, not forked, begins with the supervisor's own peak memory on Linux: that says nothing of the task.
        return !OperatingSystem.IsLinux() ? end : end with { PeakMemoryBytes = null };
    }

    public void Dispose()
    {
        if (_commands < 0) return;
        _ = Posix.close(_commands);
        _ = Posix.close(_reports);
        (_commands, _reports) = (-1, -1);
        if (_waiting == 0) return;
        _ = _orphans.Reap(_waiting);
        _orphans.Disown(_waiting);
        _waiting = 0;
    }

    private void Restart()
    {
        Dispose();
        _orphans.BeginStart();
        try
        {
            Start();
        }
        finally
        {
            _orphans.EndStart();
        }
    }

    private void Start()
    {
        (int read, int write) commands = Posix.Pipe();
        (int read, int write) reports = Posix.Pipe();
        int starter;
        try
        {
            starter = Posix.Spawn(_shell, ["-c", _script.Start, "hpc-agent"], _environment, commands.read, reports.write);
        }
        finally
        {
            _ = Posix.close(commands.read);
            _ = Posix.close(reports.write);
        }
        _orphans.Own(starter);
        (_commands, _reports, _generation) = (commands.write, reports.read, 0);
        try
        {
            _waiting = ReadPid();
            if (_waiting == 0) throw new IOException($"the shell {_shell} ended before a task could start");
        }
        finally
        {
            if (_waiting != starter)
            {
                _ = _orphans.Reap(starter);
                _orphans.Disown(starter);
                if (_waiting > 0) _ = Posix.setpgid(_waiting, _waiting);
            }
        }
    }

    private int WaitingShell()
    {
        if (_commands < 0 || _waiting == 0 || _generation >= MaxGenerations) Restart();
        return _waiting;
    }

    // Tells the waiting shell to go. The answer is its successor's pid, 0 where shells have none, null if the shell was gone.
    private unsafe int? Go()
    {
        byte newline = (byte)'\n';
        if (Posix.write(_commands, &newline, 1) != 1) return null;
        if (!_forks) return 0;
        int pid = ReadPid();
        return pid == 0 ? null : pid;
    }

    private unsafe int ReadPid()
    {
        byte* buffer = stackalloc byte[64];
        int length = 0;
        while (length < 64)
        {
            nint read = Posix.read(_reports, buffer + length, 64 - length);
            if (read < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Posix.ErrorInterrupted) continue;
            if (read <= 0) break;
            length += (int)read;
            if (buffer[length - 1] == (byte)'\n') break;
        }
        ReadOnlySpan<byte> text = new ReadOnlySpan<byte>(buffer, length).TrimEnd("\n"u8);
        if (System.Buffers.Text.Utf8Parser.TryParse(text, out int pid, out int used) && used == text.Length)
        {
            _orphans.Own(pid);
            return pid;
        }
        if (text.SequenceEqual("preamble"u8)) throw new IOException($"the preamble failed; see {_script.PreambleLog}");
        if (text.SequenceEqual("folder"u8)) throw new IOException("the folder of the code snapshot cannot be entered");
        return 0;
    }
}
