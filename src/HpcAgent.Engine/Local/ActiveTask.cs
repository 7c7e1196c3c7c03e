namespace HpcAgent.Engine.Local;

/// <summary>An attempt that runs now, and how far it has been asked to stop.</summary>
internal sealed class ActiveTask
{
    private readonly object _gate = new();
    private int _pid;
    private int _stage;
    private long _nextStageAt;
    private long _seenMemory;

    public ActiveTask(LocalRun run, long taskId, int attempt, DateTimeOffset startedAt)
    {
        (Run, TaskId, Attempt, StartedAt) = (run, taskId, attempt, startedAt);
        // An attempt that was taken over started earlier; a clock that was set back cannot make it start later than now.
        StartTicks = Environment.TickCount64 - Math.Max(0, (long)(DateTimeOffset.UtcNow - startedAt).TotalMilliseconds);
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

    /// <summary>The most memory that all its processes together were seen to have, in bytes; 0 if nobody looked.</summary>
    public long SeenMemory => Interlocked.Read(ref _seenMemory);

    /// <summary>
    /// Looks how much memory all its processes have now, and ends it if that is too much. What the kernel says at the end is the largest process
    /// alone. One thread calls it.
    /// </summary>
    /// <param name="limit">The most bytes that it may have, or null for no limit.</param>
    public void CheckMemory(long? limit)
    {
        long used = ProcessTable.TreeMemoryBytes(Pid);
        if (used > _seenMemory) _ = Interlocked.Exchange(ref _seenMemory, used);
        if (used > limit) Stop(TaskState.OutOfMemory, $"used {used} bytes of memory, asked for {limit}", atOnce: true);
    }

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
                Send(Posix.SigKill);
                return;
            }
            _stage = 1;
            _nextStageAt = Environment.TickCount64 + (long)(Run.Order.GraceSeconds * 1000);
            // What a shell starts in its background ignores interrupts for ever, and would sit out the whole grace.
            Send(ProcessTable.IgnoresInterrupt(_pid) ? Posix.SigTerm : Posix.SigInt);
        }
    }

    /// <summary>Goes on to the next signal if the task has not ended in time: interrupt where it can hear it, terminate two seconds before the kill.</summary>
    public void Press()
    {
        lock (_gate)
        {
            if (_stage is 0 or 3 || _pid == 0 || Environment.TickCount64 < _nextStageAt) return;
            _stage++;
            _nextStageAt = Environment.TickCount64 + 2000;
            Send(_stage == 2 ? Posix.SigTerm : Posix.SigKill);
        }
    }

    private void Send(int signal)
    {
        if (!OperatingSystem.IsWindows()) _ = Posix.kill(-_pid, signal);
        else if (signal == Posix.SigKill) ProcessTable.EndTree(_pid);
    }
}
