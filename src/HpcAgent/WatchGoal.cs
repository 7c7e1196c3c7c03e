namespace HpcAgent;

/// <summary>What is waited for. The end of a run ends any wait: what has not come by then never will.</summary>
public enum WatchGoal
{
    /// <summary>The end of the run.</summary>
    Ended,

    /// <summary>The start of its first task.</summary>
    Started,

    /// <summary>The first task that is complete.</summary>
    FirstResult,

    /// <summary>The first task that ended without success.</summary>
    AnyFailure,
}
