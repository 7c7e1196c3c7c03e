namespace HpcAgent;

/// <summary>Where one task stands.</summary>
public enum TaskState
{
    /// <summary>Waiting for its turn.</summary>
    Pending,

    /// <summary>Waiting, and someone must release it.</summary>
    Held,

    /// <summary>Running now.</summary>
    Running,

    /// <summary>Ended with success.</summary>
    Complete,

    /// <summary>Its command ended with an error.</summary>
    Failed,

    /// <summary>Stopped at its time limit.</summary>
    Timeout,

    /// <summary>Stopped because it used more memory than it asked for.</summary>
    OutOfMemory,

    /// <summary>Its node went away.</summary>
    NodeFailure,

    /// <summary>Stopped to make room for other work.</summary>
    Preempted,

    /// <summary>Stopped on request.</summary>
    Cancelled,

    /// <summary>It had started and is gone without a trace of how it ended.</summary>
    Lost,

    /// <summary>The evidence does not say.</summary>
    Unknown,
}
