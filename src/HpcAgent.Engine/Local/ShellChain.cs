using System.Buffers;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Local;

/// <summary>
/// Runs tasks in a chain of forked shells. Starting a shell for each task would cost more than a short task itself, so a shell that has
/// read its site's preamble once waits for a word on descriptor 7; it then forks its successor, which waits in its place, says the
/// successor's pid on descriptor 8, and becomes the task. When it ends, the successor is inherited by the supervisor (a subreaper),
/// which can therefore <c>wait4</c> every task and learn its true exit code or signal and its peak memory. If the supervisor dies,
/// the waiting shell reads the end of the pipe and leaves; a running task goes on and leaves its exit code (<see cref="ExitCodes"/>).
/// </summary>
internal sealed class ShellChain : ITaskLauncher
{
    // The stack of the shell grows a little with each generation; bash also gets slower.
    private const int MaxGenerations = 100;

    /// <summary>What the command line of every shell of a chain holds.</summary>
    public const string Mark = "hpc_slot=";

    private const string Script = """
        hpc_next() {
          read -r hpc_go <&7 || exit 0
          hpc_next &
          echo "$!" >&8
          . "$hpc_slot"
          exit
        }
        hpc_next &
        echo "$!" >&8
        exit 0
        """;

    // A record with very large parameters names a file of its own.
    private static ReadOnlySpan<byte> ParametersFile => """

        if [ -z "${HPC_PARAMS-}" ]; then HPC_PARAMS=$HPC_TASK_TMP/params.json; printf '%s' "$HPC_PARAMS_JSON" >"$HPC_PARAMS"; export HPC_PARAMS; fi
        """u8;

    private readonly OrphanReaper _orphans;
    private readonly string _shell;
    private readonly string _preamble;
    private readonly string _command;
    private readonly string _run;
    private readonly string _workingFolder;
    private readonly TaskTable _tasks;
    private readonly byte[] _prologue;
    private readonly string _slotFile;
    private readonly string _exits;
    private readonly IReadOnlyList<string> _environment;
    private readonly ArrayBufferWriter<byte> _script = new(4096);
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
    public ShellChain(
        LocalOrder order, RunLayout layout, TaskTable tasks, string slotFolder, IReadOnlyList<string> environment, OrphanReaper orphans)
    {
        _orphans = orphans;
        (_shell, _preamble, _command, _workingFolder) = (order.Shell, order.Preamble, order.Command, order.WorkingFolder);
        // In a forked shell $$ is still the first one's number, the same for every task: such a command gets a shell of its own.
        _run = order.Command.Contains("$$", StringComparison.Ordinal) ? $"{ShellText.Quote(order.Shell)} -c \"$hpc_command\"" : "eval \"$hpc_command\"";
        _tasks = tasks;
        _ = Directory.CreateDirectory(slotFolder);
        _slotFile = Path.Combine(slotFolder, "task.sh");
        _ = Directory.CreateDirectory(layout.Exits);
        // The folder above has a random name: no two supervisors write to one file.
        _exits = Path.Combine(layout.Exits, $"{Path.GetFileName(Path.GetDirectoryName(slotFolder))}-{Path.GetFileName(slotFolder)}");
        _prologue = Encoding.UTF8.GetBytes(
            $"exec 7<&- 8>&- </dev/null\ntrap - INT QUIT\nHPC_TABLE_DIR={ShellText.Quote(layout.Tasks)} HPC_TASK_TMP={ShellText.Quote(slotFolder)}\nunset HPC_PARAMS\n");
        _environment = environment;
    }

    public ProcessEnd Run(TaskLaunch launch, Action<int> starting, Action ending)
    {
        WriteScript(launch);
        int pid = WaitingShell();
        starting(pid);
        int successor = Go();
        if (successor == 0)
        {
            // It was ended together with the task before it and had not been gone yet when it was looked at: nothing has started.
            Dispose();
            pid = WaitingShell();
            starting(pid);
            successor = Go();
        }
        if (successor == 0) throw new IOException("the waiting shell is gone");
        (_waiting, _generation) = (successor, _generation + 1);
        _ = Posix.WaitUntilEnded(pid);
        ending();
        // The successor belongs to us now and can leave the group of the task; whatever else the task left running in it is ended.
        // The leader is a zombie still, so the group cannot be anyone else's.
        _ = Posix.setpgid(successor, successor);
        _ = Posix.kill(-pid, Posix.SigKill);
        ProcessEnd end = Posix.Reap(pid) ?? new ProcessEnd(pid, null, null, null);
        _orphans.Disown(pid);
        return end;
    }

    public void Dispose()
    {
        if (_commands < 0) return;
        _ = Posix.close(_commands);
        _ = Posix.close(_reports);
        (_commands, _reports) = (-1, -1);
        if (_waiting == 0) return;
        _ = Posix.Reap(_waiting);
        _orphans.Disown(_waiting);
        _waiting = 0;
    }

    private void Restart()
    {
        Dispose();
        (int read, int write) commands = Posix.Pipe();
        (int read, int write) reports = Posix.Pipe();
        StringBuilder script = new();
        _ = script.Append(CultureInfo.InvariantCulture, $"{Mark}{ShellText.Quote(_slotFile)}\nhpc_command={ShellText.Quote(_command)}\nhpc_exits={ShellText.Quote(_exits)}\n");
        if (_preamble.Length > 0)
            _ = script.Append(CultureInfo.InvariantCulture, $"{{\n{_preamble}\n}} </dev/null 7<&- 8>&- || {{ echo preamble >&8; exit 1; }}\n");
        _ = script.Append(Script);
        int starter;
        try
        {
            starter = Posix.Spawn(_shell, ["-c", script.ToString(), "hpc-agent"], _environment, commands.read, reports.write);
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
            _ = Posix.Reap(starter);
            _orphans.Disown(starter);
            if (_waiting > 0) _ = Posix.setpgid(_waiting, _waiting);
        }
    }

    private int WaitingShell()
    {
        if (_commands < 0 || _generation >= MaxGenerations) Restart();
        return _waiting;
    }

    private unsafe int Go()
    {
        byte newline = (byte)'\n';
        return Posix.write(_commands, &newline, 1) == 1 ? ReadPid() : 0;
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
        return text.SequenceEqual("preamble"u8) ? throw new IOException("the preamble (modules, conda, environment) failed") : 0;
    }

    private void WriteScript(TaskLaunch launch)
    {
        _script.ResetWrittenCount();
        _script.Write(_prologue);
        Append("exec >");
        Append(ShellText.Quote(launch.LogPath));
        Append(" 2>&1\n");
        _script.Write(_tasks.ReadRecord(launch.TaskId));
        _script.Write(ParametersFile);
        Append("\nexport");
        foreach ((string name, string value) in launch.Variables)
        {
            Append(" ");
            Append(name);
            Append("=");
            Append(ShellText.Quote(value));
        }
        Append("\ntrap 'echo \"");
        Append(launch.TaskId.ToString(CultureInfo.InvariantCulture));
        Append(" ");
        Append(launch.Attempt.ToString(CultureInfo.InvariantCulture));
        Append(" $?\" 2>&- >>\"$hpc_exits\"' EXIT\ncd ");
        Append(ShellText.Quote(_workingFolder));
        Append(" || exit 125\n");
        Append(_run);
        Append("\n");
        Posix.WriteFile(_slotFile, _script.WrittenSpan);
    }

    private void Append(string text)
    {
        Span<byte> span = _script.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _script.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
