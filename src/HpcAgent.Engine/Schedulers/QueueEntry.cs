namespace HpcAgent.Engine.Schedulers;

/// <summary>What the queue says of some elements of one array.</summary>
/// <param name="JobId">The array.</param>
/// <param name="JobName">Its name.</param>
/// <param name="FirstElement">The first element, from 1; 0 if the job is no array, or for the elements that the scheduler left out of its list.</param>
/// <param name="LastElement">The last element.</param>
/// <param name="Step">The distance between them; 1 for all.</param>
/// <param name="State">Pending, held, running, or what else it is, as the model's states.</param>
/// <param name="RawState">The scheduler's word.</param>
/// <param name="Reason">Why it waits, in the scheduler's words, or null.</param>
public sealed record QueueEntry(
    string JobId, string JobName, long FirstElement, long LastElement, long Step, TaskState State, string RawState, string? Reason = null);

/// <summary>What the accounting says of one element, or of several that never started.</summary>
/// <param name="JobId">The array.</param>
/// <param name="Element">The element, from 1; 0 if the job is no array.</param>
/// <param name="State">How it ended, or where it stands.</param>
/// <param name="RawState">The scheduler's word.</param>
/// <param name="ExitCode">Its exit code, if it has one.</param>
/// <param name="Signal">The signal that ended it, if one did.</param>
/// <param name="Node">The node.</param>
/// <param name="Elapsed">How long it ran.</param>
/// <param name="PeakMemoryBytes">The highest memory of the element, if it was measured.</param>
public sealed record AccountingEntry(
    string JobId, long Element, TaskState State, string RawState, int? ExitCode, int? Signal, string? Node, TimeSpan? Elapsed, long? PeakMemoryBytes)
{
    /// <summary>The last element: <see cref="Element"/>, but where elements that never started share one record. What is said of a single element stands above that.</summary>
    public long LastElement { get; init; } = Element;

    /// <summary>The distance between the elements.</summary>
    public long Step { get; init; } = 1;

    /// <summary>The processor time of all its processes, if it was measured.</summary>
    public TimeSpan? CpuTime { get; init; }

    /// <summary>From its submission to its start, if it has started and both are known.</summary>
    public TimeSpan? QueueWait { get; init; }
}
