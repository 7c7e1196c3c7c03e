namespace HpcAgent.Engine.Failures;

/// <summary>The end of a failed task's log as far as it was read.</summary>
/// <param name="TaskId">The 0-based task.</param>
/// <param name="Attempt">The attempt, from 1.</param>
/// <param name="State">Whether it was read.</param>
/// <param name="Text">The last bytes of the log, decoded as UTF-8; empty if there is none.</param>
/// <param name="Path">The file on the cluster.</param>
public sealed record TaskTail(long TaskId, int Attempt, TaskTailState State, string Text, string Path)
{
    /// <summary>The most bytes of a log that are read.</summary>
    public const int MaxBytes = 4096;
}

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
