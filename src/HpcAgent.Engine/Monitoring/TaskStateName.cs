namespace HpcAgent.Engine.Monitoring;

/// <summary>The names of task states in event lines and JSON.</summary>
public static class TaskStateName
{
    /// <summary>The name as bytes.</summary>
    /// <param name="state">The state.</param>
    public static ReadOnlySpan<byte> Bytes(TaskState state) => state switch
    {
        TaskState.Pending => "pending"u8,
        TaskState.Held => "held"u8,
        TaskState.Running => "running"u8,
        TaskState.Complete => "complete"u8,
        TaskState.Failed => "failed"u8,
        TaskState.Timeout => "timeout"u8,
        TaskState.OutOfMemory => "out_of_memory"u8,
        TaskState.NodeFailure => "node_failure"u8,
        TaskState.Preempted => "preempted"u8,
        TaskState.Cancelled => "cancelled"u8,
        TaskState.Lost => "lost"u8,
        _ => "unknown"u8,
    };

    /// <summary>The state of a name; <see cref="TaskState.Unknown"/> for anything else.</summary>
    /// <param name="name">The name as bytes.</param>
    public static TaskState Parse(ReadOnlySpan<byte> name)
    {
        for (TaskState state = TaskState.Pending; state < TaskState.Unknown; state++)
            if (name.SequenceEqual(Bytes(state))) return state;
        return TaskState.Unknown;
    }

    /// <summary>The name as text.</summary>
    /// <param name="state">The state.</param>
    public static string Text(TaskState state) => System.Text.Encoding.UTF8.GetString(Bytes(state));
}
