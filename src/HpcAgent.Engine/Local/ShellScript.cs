using System.Buffers;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Local;

/// <summary>The two scripts of a <see cref="ShellChain"/>: what every shell of the chain knows, and what is different for each task.</summary>
internal sealed class ShellScript
{
    private const string Chain = """
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

    private const string Single = """
        echo "$$" >&8
        read -r hpc_go <&7 || exit 0
        . "$hpc_slot"
        exit
        """;

    // A record with very large parameters has named a file of its own.
    private static ReadOnlySpan<byte> ParametersFile => """

        if [ -z "${HPC_PARAMS-}" ]; then HPC_PARAMS=$HPC_TASK_TMP/params.json; printf '%s' "$HPC_PARAMS_JSON" >"$HPC_PARAMS"; export HPC_PARAMS; fi
        export HPC_TASK_ID=
        """u8;

    private readonly ArrayBufferWriter<byte> _task = new(4096);
    private readonly string _run;

    /// <param name="order">The run's order.</param>
    /// <param name="layout">The run's folder.</param>
    /// <param name="slotFolder">A private folder of the slot.</param>
    /// <param name="isChain">True if each shell forks its successor, false if every task gets a new shell.</param>
    public ShellScript(LocalOrder order, RunLayout layout, string slotFolder, bool isChain)
    {
        TaskFile = Path.Combine(slotFolder, "task.sh");
        PreambleLog = Path.Combine(layout.Logs, "preamble.log");
        _run = Runner(order);
        _ = Directory.CreateDirectory(layout.Exits);
        // The folder above has a random name: no two supervisors write to one file.
        string exits = Path.Combine(layout.Exits, $"{Path.GetFileName(Path.GetDirectoryName(slotFolder))}-{Path.GetFileName(slotFolder)}");
        StringBuilder text = new();
        Line(text, $"hpc_slot={ShellQuote.Always(TaskFile)} hpc_command={ShellQuote.Always(order.Command)} hpc_exits={ShellQuote.Always(exits)}");
        Line(text, $"HPC_TABLE_DIR={ShellQuote.Always(layout.Tasks)} HPC_TASK_TMP={ShellQuote.Always(slotFolder)}");
        Line(text, $"export HPC_RUN_ID={ShellQuote.Always(order.RunId)} HPC_TASK_COUNT={order.TaskCount} HPC_CPUS={order.Cpus}");
        string enter = $"cd {ShellQuote.Always(order.WorkingFolder)} || {{ echo folder >&8; exit 1; }}";
        Line(text, $"unset HPC_PARAMS; {enter}");
        if (order.Preamble.Length > 0)
            Line(text, $"{{\n{order.Preamble}\n}} </dev/null >>{ShellQuote.Always(PreambleLog)} 2>&1 7<&- 8>&- || {{ echo preamble >&8; exit 1; }}\n{enter}");
        Start = text.Append(isChain ? Chain : Single).ToString();
    }

    /// <summary>The file that a waiting shell reads when it is told to go.</summary>
    public string TaskFile { get; }

    /// <summary>Where the preamble's output goes.</summary>
    public string PreambleLog { get; }

    /// <summary>The script of the first shell.</summary>
    public string Start { get; }

    /// <summary>Writes the script of one attempt.</summary>
    /// <param name="launch">The attempt.</param>
    /// <param name="record">The task's record in the table.</param>
    public void WriteTask(TaskLaunch launch, ReadOnlySpan<byte> record)
    {
        _task.ResetWrittenCount();
        // Appending: to truncate a file, even an empty one, makes ext4 write it to the disk when it is closed.
        Append("exec 7<&- 8>&- </dev/null >>");
        Append(ShellQuote.Always(launch.LogPath));
        // Shells let background processes ignore these two; a task must be able to hear them.
        Append(" 2>&1\ntrap - INT QUIT\n");
        _task.Write(record);
        _task.Write(ParametersFile);
        Append(launch.TaskId.ToString(CultureInfo.InvariantCulture));
        Append(" HPC_ATTEMPT=");
        Append(launch.Attempt.ToString(CultureInfo.InvariantCulture));
        Append(" RESULT_DIR=");
        Append(ShellQuote.Always(launch.WorkFolder));
        Append("\nexport HPC_RESULT_DIR=\"$RESULT_DIR\"\n");
        // Always, not only when the supervisor is gone: that cannot be told for sure (see ExitCodes).
        Append(string.Create(CultureInfo.InvariantCulture, $"trap 'echo \"{launch.TaskId} {launch.Attempt} $?\" 2>&- >>\"$hpc_exits\"' EXIT\n"));
        Append(_run);
        Posix.WriteFile(TaskFile, _task.WrittenSpan);
    }

    // In a forked shell $$ is still the first one's number, the same for every task: such a command gets a shell of its own. And to it the successor
    // is a background job, for whose end a wait without arguments would wait for ever: a subshell begins without jobs.
    private static string Runner(LocalOrder order)
    {
        if (order.Command.Contains("$$", StringComparison.Ordinal)) return $"{ShellQuote.Always(order.Shell)} -c \"$hpc_command\"\n";
        bool mayWait = order.Command.Contains("wait", StringComparison.Ordinal) || order.Preamble.Contains("wait", StringComparison.Ordinal);
        return mayWait ? "(eval \"$hpc_command\")\n" : "eval \"$hpc_command\"\n";
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private void Append(string text)
    {
        Span<byte> span = _task.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _task.Advance(Encoding.UTF8.GetBytes(text, span));
    }
}
