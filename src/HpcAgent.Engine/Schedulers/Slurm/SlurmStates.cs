namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>Slurm's words for the states of jobs (man squeue and man sacct, JOB STATE CODES).</summary>
internal static class SlurmStates
{
    private static readonly Dictionary<string, TaskState> Table = new(StringComparer.Ordinal)
    {
        ["COMPLETED"] = TaskState.Complete,
        ["FAILED"] = TaskState.Failed,
        ["PENDING"] = TaskState.Pending,
        ["RUNNING"] = TaskState.Running,
        ["CANCELLED"] = TaskState.Cancelled,
        ["TIMEOUT"] = TaskState.Timeout,
        ["OUT_OF_MEMORY"] = TaskState.OutOfMemory,
        ["NODE_FAIL"] = TaskState.NodeFailure,
        ["BOOT_FAIL"] = TaskState.NodeFailure,
        ["PREEMPTED"] = TaskState.Preempted,
        // The job asked to end by a certain moment.
        ["DEADLINE"] = TaskState.Timeout,
        // A new attempt is due.
        ["REQUEUED"] = TaskState.Pending,
        ["REQUEUE_FED"] = TaskState.Pending,
        ["REQUEUE_HOLD"] = TaskState.Held,
        ["SPECIAL_EXIT"] = TaskState.Held,
        ["RESV_DEL_HOLD"] = TaskState.Held,
        ["REVOKED"] = TaskState.Cancelled,
        // The node still cleans up, prepares, or holds the job still.
        ["COMPLETING"] = TaskState.Running,
        ["CONFIGURING"] = TaskState.Running,
        ["RESIZING"] = TaskState.Running,
        ["SUSPENDED"] = TaskState.Running,
        ["STOPPED"] = TaskState.Running,
        ["SIGNALING"] = TaskState.Running,
        ["STAGE_OUT"] = TaskState.Running,
        ["EXPEDITING"] = TaskState.Pending,
        ["LAUNCH_FAILED"] = TaskState.Failed,
        ["RECONFIG_FAIL"] = TaskState.Failed,
        ["UPDATE_DB"] = TaskState.Running,
        ["POWER_UP_NODE"] = TaskState.Running,
    };

    /// <summary>The state of a word; what follows a blank or a plus (<c>CANCELLED by 1000</c>, <c>CANCELLED+</c>) does not matter.</summary>
    public static TaskState Of(string word)
    {
        int end = word.AsSpan().IndexOfAny(' ', '+');
        return Table.GetValueOrDefault(end < 0 ? word : word[..end], TaskState.Unknown);
    }

    /// <summary>The state of a job in the queue, whose reason tells whether someone holds it.</summary>
    /// <remarks>JobHeldUser, JobHeldAdmin, "launch failed requeued held", "user env retrieval failed requeued held".</remarks>
    public static TaskState InQueue(string word, string reason)
    {
        TaskState state = Of(word);
        return state == TaskState.Pending && reason.Contains("held", StringComparison.OrdinalIgnoreCase) ? TaskState.Held : state;
    }
}
