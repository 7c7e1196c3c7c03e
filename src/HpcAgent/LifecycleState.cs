namespace HpcAgent;

/// <summary>Where a run as a whole stands.</summary>
public enum LifecycleState
{
    /// <summary>Tasks are waiting or running.</summary>
    InFlight,

    /// <summary>Every task is complete.</summary>
    Complete,

    /// <summary>Nothing waits or runs any more, and at least one task is not complete.</summary>
    Failed,

    /// <summary>The time that the caller wanted to wait is over; the run goes on.</summary>
    Timeout,

    /// <summary>Stopped or given up before its tasks were done.</summary>
    Abandoned,

    /// <summary>The cluster could not be asked.</summary>
    UnableToVerify,
}
