using System.Globalization;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Local;

/// <summary>One attempt of one task from its folder to its end event: the node contract of the design, section 5.</summary>
internal sealed class TaskAttempt
{
    private readonly ActiveTask _task;
    private readonly LocalRun _run;
    private readonly string _work;
    private readonly string _log;
    private DateTimeOffset? _endedAt;

    public TaskAttempt(ActiveTask task)
    {
        (_task, _run) = (task, task.Run);
        _work = _run.WorkPath(task);
        _log = _run.Layout.TaskLog(task.TaskId, task.Attempt);
    }

    /// <summary>Runs the attempt and records its end.</summary>
    /// <returns>How it ended; <see cref="TaskState.Pending"/> if there was no room on the disk to start it.</returns>
    public TaskState Run(LauncherSlot slot)
    {
        ProcessEnd end;
        try
        {
            Prepare();
            end = slot.For(_run).Run(Describe(), Start, () => _task.Pid = 0);
        }
        catch (Exception e) when (StorageError.IsFull(e))
        {
            return TaskState.Pending;
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
        if (_task.StopState is not null) return Finish(default);
        if (ExitCodes.Find(_run.Layout.Exits, _task.TaskId, _task.Attempt) is { } left)
        {
            _endedAt = left.At;
            return Finish(new ProcessEnd(0, left.Code, null, null), "it ended while no supervisor was at work; its shell left the exit code");
        }
        if (ResultStamp.Matches(_run.ResultPath(_task.TaskId), _run.Order.IdentitySha, _task.Attempt))
        {
            // Only a task that ended with 0 is promoted; doing the rest of it again finishes it.
            return Finish(new ProcessEnd(0, 0, null, null), "repaired from its promoted results");
        }
        _run.RecordEnd(_task, TaskState.Lost, default, "it was running when the supervisor died, and left no exit code");
        return TaskState.Lost;
    }

    private void Start(int pid)
    {
        // The event first: a task that runs without a start event would be started again after a crash.
        if (!_run.TryRecordStart(_task, pid)) throw new IOException("there is no room for the event of its start", StorageError.DiskFull);
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
                while (!TryKeepResults()) _run.WaitForRoom();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                (state, reason) = (TaskState.Failed, $"its results could not be moved into place: {e.Message}");
            }
        }
        else if (!OperatingSystem.IsWindows())
        {
            // Only an empty folder goes: what a failed attempt wrote stays for its owner to look at.
            _ = Posix.rmdir(_work);
        }
        TimeSpan? elapsed = _endedAt is { } at ? at - _task.StartedAt : null;
        _run.RecordEnd(_task, state, end, reason, elapsed);
        return state;
    }

    // A full disk is no failure of the task: its results wait in the work folder until there is room, or until the run is stopped.
    private bool TryKeepResults()
    {
        try
        {
            Promotion.Promote(_work, _run.ResultPath(_task.TaskId), new ResultStamp(_run.Order.IdentitySha, _task.Attempt));
            JoinLog();
            return true;
        }
        catch (IOException e) when (StorageError.IsFull(e) && !_run.IsStopped)
        {
            return false;
        }
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
        _run.EnsureFolder(Path.GetDirectoryName(_work)!);
        if (OperatingSystem.IsWindows())
        {
            _ = Directory.CreateDirectory(_work);
            return;
        }
        if (Posix.mkdir(_work, 0b111_111_101) == 0) return;
        int error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        if (error == Posix.ErrorExists) return;
        throw new IOException($"cannot make {_work}: {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    private TaskLaunch Describe() => new()
    {
        LogPath = _log,
        TaskId = _task.TaskId,
        Attempt = _task.Attempt,
        WorkFolder = _work,
    };

    // The logs of successful tasks of a shard go into one file: thousands of small files are what clusters suffer from.
    private void JoinLog()
    {
        FileInfo log = new(_log);
        if (!log.Exists) return;
        if (log.Length > 0) _run.JoinedLog.Append(_run.Layout.JoinedLog(_task.TaskId), _task.TaskId, _task.Attempt, _log);
        File.Delete(_log);
    }
}
