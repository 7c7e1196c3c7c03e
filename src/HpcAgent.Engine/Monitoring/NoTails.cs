namespace HpcAgent.Engine.Monitoring;

/// <summary>No log was read.</summary>
public sealed class NoTails : ITaskTails
{
    /// <inheritdoc />
    public TaskTail Find(RunTaskStatus task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Unread, "", "");
    }

    /// <inheritdoc />
    public bool IsDue(RunTaskStatus task) => false;
}
