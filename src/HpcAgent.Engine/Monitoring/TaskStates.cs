namespace HpcAgent.Engine.Monitoring;

/// <summary>What task states mean for the run.</summary>
public static class TaskStates
{
    /// <summary>True for a state in which a task ended without success.</summary>
    /// <param name="state">The state.</param>
    public static bool IsUnsuccessful(this TaskState state) => state is >= TaskState.Failed and <= TaskState.Lost;

    /// <summary>True for a state in which a task ended without success for a cause of which its log may tell.</summary>
    /// <param name="state">The state.</param>
    public static bool HasTellingLog(this TaskState state) => state.IsUnsuccessful() && state is not (TaskState.Cancelled or TaskState.Preempted);

    /// <summary>True for an end after which the scheduler may start the task again by itself: its queue decides.</summary>
    /// <param name="state">The state.</param>
    public static bool MayRunAgain(this TaskState state) => state is TaskState.Preempted or TaskState.Lost;

    /// <summary>True for a state that a task does not leave by itself.</summary>
    /// <param name="state">The state.</param>
    public static bool IsFinal(this TaskState state) => state == TaskState.Complete || state.IsUnsuccessful();
}
