using System.Globalization;
using HpcAgent.Engine.Monitoring;
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
    /// <param name="slot">Where it runs.</param>
    /// <param name="takeNext">Gives the task that this slot runs next, if that is certain.</param>
    /// <returns>
    /// How it ended, <see cref="TaskState.Pending"/> if there was no room on the disk to start it; and the next task, with whose start the end
    /// of this one will be recorded.
    /// </returns>
    public (TaskState State, ActiveTask? Next) Run(LauncherSlot slot, Func<ActiveTask, ActiveTask?> takeNext)
    {
        ProcessEnd end;
        try
        {
            Prepare(slot.Spares);
            ITaskLauncher launcher = slot.For(_run);
            if (!launcher.IsWaiting) slot.WriteHeld();
            end = launcher.Run(Describe(), pid => Start(pid, slot), () => _task.Pid = 0);
        }
        catch (Exception e) when (StorageError.IsFull(e))
        {
            slot.GiveUp();
            return (TaskState.Pending, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HpcException)
        {
            slot.GiveUp();
            _run.RecordEnd(_task, TaskState.Failed, default, $"could not be started: {e.Message}");
            return (TaskState.Failed, null);
        }
        SpareFiles? spares = end.LeftNothing ? slot.Spares : null;
        TaskEvent ended = Finish(end, null, spares);
        // Before the end is told: whoever reads that a run is complete finds nothing of the next task's, nor a spare of this one's.
        ActiveTask? next = ended.State == TaskState.Complete ? takeNext(_task) : null;
        if (next is not null)
        {
            slot.Hold(_run, ended);
            return (ended.State, next);
        }
        slot.Spares.Drop();
        _run.Record(ended);
        return (ended.State, null);
    }

    /// <summary>
    /// Records the end of an attempt that ended while no supervisor watched: by the exit code that its shell left, else by its promoted
    /// results, else as lost.
    /// </summary>
    public TaskState FinishWithoutWitness()
    {
        if (_task.StopState is not null) return FinishAndRecord(default, null);
        if (ExitCodes.Find(_run.Layout.Exits, _task.TaskId, _task.Attempt) is { } left)
        {
            _endedAt = left.At;
            return FinishAndRecord(new ProcessEnd(0, left.Code, null, null), "it ended while no supervisor was at work; its shell left the exit code");
        }
        if (ResultStamp.Matches(_run.ResultPath(_task.TaskId), _run.Order.IdentitySha, _task.Attempt))
        {
            // Only a task that ended with 0 is promoted; doing the rest of it again finishes it.
            return FinishAndRecord(new ProcessEnd(0, 0, null, null), "repaired from its promoted results");
        }
        _run.RecordEnd(_task, TaskState.Lost, default, "it was running when the supervisor died, and left no exit code");
        return TaskState.Lost;
    }

    private TaskState FinishAndRecord(ProcessEnd end, string? note)
    {
        TaskEvent ended = Finish(end, note, null);
        _run.Record(ended);
        return ended.State;
    }

    private void Start(int pid, LauncherSlot slot)
    {
        // The event first: a task that runs without a start event would be started again after a crash.
        if (!_run.TryRecordStart(_task, pid, slot.TakeHeld())) throw new IOException("there is no room for the event of its start", StorageError.DiskFull);
        _task.Pid = pid;
    }

    private TaskEvent Finish(ProcessEnd end, string? note, SpareFiles? spares)
    {
        TaskState state = _task.StopState ?? (end.ExitCode == 0 ? TaskState.Complete : TaskState.Failed);
        string? reason = _task.StopReason ?? note ?? Explain(end);
        if (state == TaskState.Complete)
        {
            try
            {
                while (!TryKeepResults(spares)) _run.WaitForRoom();
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
        return LocalRun.EndOf(_task, state, end, reason, elapsed);
    }

    // A full disk is no failure of the task: its results wait in the work folder until there is room, or until the run is stopped.
    private bool TryKeepResults(SpareFiles? spares)
    {
        try
        {
            if (spares?.TryKeepWork(_work) is not true) Promotion.Promote(_work, _run.ResultPath(_task.TaskId), new ResultStamp(_run.Order.IdentitySha, _task.Attempt));
            JoinLog(spares);
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

    private void Prepare(SpareFiles spares)
    {
        _run.EnsureFolder(Path.GetDirectoryName(_log)!);
        _run.EnsureFolder(Path.GetDirectoryName(_work)!);
        spares.MakeWork(_work);
        spares.MakeLog(_log);
    }

    private TaskLaunch Describe() => new()
    {
        LogPath = _log,
        TaskId = _task.TaskId,
        Attempt = _task.Attempt,
        WorkFolder = _work,
    };

    // The logs of successful tasks of a shard go into one file: thousands of small files are what clusters suffer from.
    private void JoinLog(SpareFiles? spares)
    {
        FileInfo log = new(_log);
        if (!log.Exists) return;
        if (log.Length == 0 && spares?.TryKeepLog(_log) is true) return;
        if (log.Length > 0) _run.JoinedLog.Append(_run.Layout.JoinedLog(_task.TaskId), _task.TaskId, _task.Attempt, _log);
        File.Delete(_log);
    }
}
