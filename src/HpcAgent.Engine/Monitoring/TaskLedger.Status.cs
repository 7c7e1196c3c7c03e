namespace HpcAgent.Engine.Monitoring;

public sealed partial class TaskLedger
{
    /// <summary>How many tasks are in which state.</summary>
    public TaskCounts ToCounts() => new()
    {
        PendingCount = Count(TaskState.Pending),
        HeldCount = Count(TaskState.Held),
        RunningCount = Count(TaskState.Running),
        CompleteCount = Count(TaskState.Complete),
        FailedCount = Count(TaskState.Failed),
        TimeoutCount = Count(TaskState.Timeout),
        OutOfMemoryCount = Count(TaskState.OutOfMemory),
        NodeFailureCount = Count(TaskState.NodeFailure),
        PreemptedCount = Count(TaskState.Preempted),
        CancelledCount = Count(TaskState.Cancelled),
        LostCount = Count(TaskState.Lost),
        UnknownCount = Count(TaskState.Unknown),
    };

    /// <summary>Everything that is known of one task.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="now">The time to which a running task has run.</param>
    public RunTaskStatus ToStatus(string runId, long taskId, DateTimeOffset now)
    {
        Entry entry = _entries[taskId];
        bool started = entry.Attempt > 0;
        DateTimeOffset startedAt = StartedAt(taskId);
        bool ended = entry.EndMilliseconds > 0 && entry.State.IsFinal();
        TimeSpan? elapsed = !started || entry.State is TaskState.Pending or TaskState.Held || (ended && entry.ElapsedMilliseconds < 0) ? null
            : ended ? TimeSpan.FromMilliseconds(entry.ElapsedMilliseconds)
            // The clock may have been set back since.
            : now > startedAt ? now - startedAt : TimeSpan.Zero;
        return Usage.AddTo(new RunTaskStatus
        {
            RunId = runId,
            TaskId = taskId,
            State = entry.State,
            Attempt = Attempt(taskId),
            ExitCode = ended && entry.ExitCode >= 0 ? entry.ExitCode : null,
            Signal = ended && entry.Signal > 0 ? entry.Signal : null,
            Reason = entry.Reason,
            Node = started ? _nodes[entry.Node] : null,
            StartedAt = started ? startedAt : null,
            Elapsed = elapsed,
            PeakMemoryBytes = ended && entry.PeakMemory > 0 ? entry.PeakMemory : null,
            Evidence = entry.Source != EvidenceSource.None ? entry.Source : started ? EvidenceSource.Event : EvidenceSource.None,
            EvidenceAt = entry.Source != EvidenceSource.None ? DateTimeOffset.FromUnixTimeSeconds(entry.SourceSeconds) : !started ? null : ended ? Here(DateTimeOffset.FromUnixTimeMilliseconds(entry.EndMilliseconds)) : startedAt,
        });
    }

    /// <summary>The ids of the tasks in any of the given states, ascending.</summary>
    /// <param name="wanted">Tells whether a state is wanted.</param>
    public IEnumerable<long> TasksIn(Func<TaskState, bool> wanted)
    {
        for (long id = 0; id < TaskCount; id++)
            if (wanted(_entries[id].State)) yield return id;
    }

    /// <summary>The tasks that ended last without success, newest first.</summary>
    /// <param name="most">How many at most.</param>
    public IReadOnlyList<long> NewestFailures(int most)
    {
        PriorityQueue<long, long> newest = new();
        for (long id = 0; id < TaskCount; id++)
        {
            if (!_entries[id].State.IsUnsuccessful()) continue;
            newest.Enqueue(id, _entries[id].EndMilliseconds);
            if (newest.Count > most) _ = newest.Dequeue();
        }
        List<long> ids = [];
        while (newest.TryDequeue(out long id, out _)) ids.Add(id);
        ids.Reverse();
        return ids;
    }
}
