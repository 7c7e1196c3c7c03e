using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Reporting;

/// <summary>What the charts need of the tasks of a run, gathered in one pass: how long they took, their memory, and when their states changed.</summary>
internal sealed class TaskProfile
{
    private readonly List<(double Value, bool IsComplete)> _seconds = [];
    private readonly List<(double Value, bool IsComplete)> _bytes = [];

    private TaskProfile(DateTimeOffset submittedAt, DateTimeOffset seenAt) => History = new TaskHistory(submittedAt, seenAt);

    /// <summary>The times of the tasks that ended, in seconds: those which <see cref="RunEfficiency.MeasuredCount"/> counts.</summary>
    public IReadOnlyList<(double Value, bool IsComplete)> Seconds => _seconds;

    /// <summary>The peak memory of those of them whose memory is known, in bytes.</summary>
    public IReadOnlyList<(double Value, bool IsComplete)> Bytes => _bytes;

    /// <summary>How many tasks were in which state when.</summary>
    public TaskHistory History { get; }

    /// <summary>How many tasks ran more than once.</summary>
    public long RepeatedCount { get; private set; }

    /// <summary>Looks at all tasks of a run.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="submittedAt">When the run was sent.</param>
    /// <param name="seenAt">When its end, or the look at it, was.</param>
    public static TaskProfile Of(IEnumerable<RunTaskStatus> tasks, DateTimeOffset submittedAt, DateTimeOffset seenAt)
    {
        TaskProfile profile = new(submittedAt, seenAt);
        foreach (RunTaskStatus task in tasks) profile.Add(task);
        return profile;
    }

    private void Add(RunTaskStatus task)
    {
        History.Add(task);
        if (task.Attempt > 1) RepeatedCount++;
        if (!task.State.IsFinal() || task.Elapsed is not { } elapsed) return;
        bool isComplete = task.State == TaskState.Complete;
        _seconds.Add((Math.Max(0, elapsed.TotalSeconds), isComplete));
        if (task.PeakMemoryBytes is { } bytes) _bytes.Add((Math.Max(0, bytes), isComplete));
    }
}
