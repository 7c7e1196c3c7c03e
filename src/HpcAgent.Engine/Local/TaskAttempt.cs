using System.Globalization;

namespace HpcAgent.Engine.Local;

/// <summary>One attempt of one task from its folder to its end event: the node contract of the design, section 5.</summary>
internal sealed class TaskAttempt
{
    private readonly ActiveTask _task;
    private readonly LocalRun _run;
    private readonly string _work;
    private readonly string _log;

    public TaskAttempt(ActiveTask task)
    {
        (_task, _run) = (task, task.Run);
        _work = _run.WorkFolder(task);
        _log = _run.Layout.TaskLog(task.TaskId, task.Attempt);
    }

    private string ExitCodePath => _work + ".exit";

    /// <summary>Runs the attempt and records its end.</summary>
    public TaskState Run(ITaskLauncher launcher)
    {
        ProcessEnd end;
        try
        {
            Prepare();
            end = launcher.Run(Describe(), Start, () => _task.Pid = 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HpcException)
        {
            _run.RecordEnd(_task, TaskState.Failed, default, $"could not be started: {e.Message}");
            return TaskState.Failed;
        }
        return Finish(end);
    }

    /// <summary>
    /// Records the end of an attempt that ended while no supervisor watched: by the exit code that its shell left, else by its promoted
    /// results, else as lost.
    /// </summary>
    public TaskState FinishWithoutWitness()
    {
        if (TryReadExitCode(out int code))
        {
            TaskState state = Finish(new ProcessEnd(0, code, null, null), "it ended while no supervisor was at work; its shell left the exit code");
            File.Delete(ExitCodePath);
            return state;
        }
        if (ResultStamp.Matches(_run.ResultPath(_task.TaskId), _run.Order.IdentitySha, _task.Attempt))
        {
            JoinLog();
            _run.RecordEnd(_task, TaskState.Complete, new ProcessEnd(0, 0, null, null), "repaired from its promoted results");
            return TaskState.Complete;
        }
        _run.RecordEnd(_task, TaskState.Lost, default, "it was running when the supervisor died, and left no exit code");
        return TaskState.Lost;
    }

    private void Start(int pid)
    {
        // The event first: a task that runs without a start event would be started again after a crash.
        _run.RecordStart(_task, pid);
        _task.Pid = pid;
    }

    private TaskState Finish(ProcessEnd end, string? note = null)
    {
        TaskState state = _task.StopState ?? (end.ExitCode == 0 ? TaskState.Complete : TaskState.Failed);
        string? reason = _task.StopReason ?? note ?? Explain(end);
        if (state == TaskState.Complete)
        {
            try
            {
                ResultStamp stamp = new(_run.Order.IdentitySha, _task.Attempt);
                Promotion.Promote(_work, _run.ResultPath(_task.TaskId), stamp);
                JoinLog();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                (state, reason) = (TaskState.Failed, $"its results could not be moved into place: {e.Message}");
            }
        }
        else
        {
            // Only an empty folder goes: what a failed attempt wrote stays for its owner to look at.
            if (!OperatingSystem.IsWindows()) _ = Posix.rmdir(_work);
        }
        _run.RecordEnd(_task, state, end, reason);
        return state;
    }

    private static string? Explain(ProcessEnd end) => end switch
    {
        { Signal: { } signal } => string.Create(CultureInfo.InvariantCulture, $"ended by signal {signal}"),
        { ExitCode: > 128 and < 160 } => string.Create(CultureInfo.InvariantCulture, $"exit code {end.ExitCode}, probably signal {end.ExitCode - 128}"),
        _ => null,
    };

    private void Prepare()
    {
        _run.EnsureFolder(Path.GetDirectoryName(_log)!);
        if (OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(_work);
            return;
        }
        if (Posix.mkdir(_work, 0b111_111_101) == 0) return;
        int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        if (error == Posix.ErrorExists) return;
        throw new IOException($"cannot make {_work}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
    }

    private TaskLaunch Describe() => new()
    {
        LogPath = _log,
        ExitCodePath = ExitCodePath,
        TaskId = _task.TaskId,
        Attempt = _task.Attempt,
        WorkFolder = _work,
    };

    private bool TryReadExitCode(out int code)
    {
        code = 0;
        return File.Exists(ExitCodePath) &&
            int.TryParse(File.ReadAllText(ExitCodePath), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out code);
    }

    // The logs of successful tasks of a shard go into one file: thousands of small files are what clusters suffer from.
    private void JoinLog()
    {
        FileInfo log = new(_log);
        if (!log.Exists) return;
        if (log.Length > 0) JoinedLog.Append(_run.Layout.JoinedLog(_task.TaskId), _task.TaskId, _task.Attempt, _log);
        File.Delete(_log);
    }
}
