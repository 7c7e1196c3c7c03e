namespace HpcAgent.Engine.Monitoring;

/// <summary>Whether the end of a log was read.</summary>
public enum TaskTailState
{
    /// <summary>Not yet.</summary>
    Unread,

    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It was read.</summary>
    Read,
}
