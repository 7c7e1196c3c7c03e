namespace HpcAgent.Engine.Local;

/// <summary>An attempt that runs now, and how far it has been asked to stop.</summary>
internal sealed class ActiveTask
{
    private readonly object _gate = new();
    private int _pid;
    private int _stage;
    private long _nextStageAt;

    public ActiveTask(LocalRun run, long taskId, int attempt, DateTimeOffset startedAt)
    {
        (Run, TaskId, Attempt, StartedAt) = (run, taskId, attempt, startedAt);
        StartTicks = Environment.TickCount64;
    }

    public LocalRun Run { get; }

    public long TaskId { get; }

    public int Attempt { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>Milliseconds of the monotonic clock, which does not jump.</summary>
    public long StartTicks { get; }

    /// <summary>Why the supervisor stopped it, if it did.</summary>
    public TaskState? StopState { get; private set; }

    /// <summary>Why, in words.</summary>
    public string? StopReason { get; private set; }

    /// <summary>The process, 0 before the start and after the end.</summary>
    public int Pid
    {
        get
        {
            lock (_gate) return _pid;
        }
        set
        {
            lock (_gate) _pid = value;
        }
    }

    /// <summary>True if its process is still there; asked of attempts that another supervisor started.</summary>
    public bool IsAlive => ProcessTable.IsAlive(Pid, Run.Layout.TaskLog(TaskId, Attempt), StartedAt);

    /// <summary>Asks the task to stop; what was asked first stands.</summary>
    public void Stop(TaskState state, string reason, bool atOnce)
    {
        lock (_gate)
        {
            if (StopState is not null || _pid == 0) return;
            (StopState, StopReason) = (state, reason);
            if (atOnce)
            {
                _stage = 3;
                TaskSignal.Send(_pid, Posix.SigKill);
                return;
            }
            _stage = 1;
            _nextStageAt = Environment.TickCount64 + (long)(Run.Order.GraceSeconds * 1000);
            TaskSignal.Send(_pid, Posix.SigInt);
        }
    }

    /// <summary>Goes on to the next signal if the task has not ended in time: interrupt, terminate two seconds before the kill.</summary>
    public void Press()
    {
        lock (_gate)
        {
            if (_stage is 0 or 3 || _pid == 0 || Environment.TickCount64 < _nextStageAt) return;
            _stage++;
            _nextStageAt = Environment.TickCount64 + 2000;
            TaskSignal.Send(_pid, _stage == 2 ? Posix.SigTerm : Posix.SigKill);
        }
    }
}
