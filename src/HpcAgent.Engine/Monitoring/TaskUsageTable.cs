namespace HpcAgent.Engine.Monitoring;

/// <summary>What tasks of a run used, for the attempt that was the latest when it was learnt. Nothing is laid out before anything is known.</summary>
public sealed class TaskUsageTable
{
    private readonly long _taskCount;
    private (int Attempt, TaskUsage Usage)[]? _entries;

    /// <summary>Creates an empty table.</summary>
    /// <param name="taskCount">How many tasks the run has.</param>
    public TaskUsageTable(long taskCount) => _taskCount = taskCount;

    /// <summary>Notes what an attempt used.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="usage">What it used.</param>
    public void Set(long taskId, int attempt, in TaskUsage usage) => (_entries ??= new (int, TaskUsage)[_taskCount])[taskId] = (attempt, usage);

    /// <summary>Adds it to the status of a task. What the task's own events say stands above it.</summary>
    /// <param name="status">The status without it.</param>
    internal RunTaskStatus AddTo(RunTaskStatus status)
    {
        if (_entries is null) return status;
        (int attempt, TaskUsage usage) = _entries[status.TaskId];
        if (attempt != status.Attempt || usage == default) return status;
        return status with
        {
            PeakMemoryBytes = status.PeakMemoryBytes ?? usage.PeakMemoryBytes,
            CpuTime = usage.CpuTime,
            QueueWait = usage.QueueWait,
            Node = status.Node ?? usage.Node,
        };
    }
}
