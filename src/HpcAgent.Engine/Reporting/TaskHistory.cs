using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Reporting;

/// <summary>What a chart tells apart of the states of tasks, from the bottom to the top of the stack.</summary>
internal enum TaskLayer
{
    Complete,
    Unsuccessful,
    Running,
    Waiting,
    Unknown,
}

/// <summary>How many tasks were in which layer from a moment on.</summary>
/// <param name="At">The moment.</param>
/// <param name="Counts">The counts, by <see cref="TaskLayer"/>.</param>
internal sealed record HistoryPoint(DateTimeOffset At, long[] Counts);

/// <summary>
/// The states of tasks over time, from when the last attempt of each began and ended. The last point has the counts of the run's status. A moment that
/// nobody noted is that of its evidence, and else the end.
/// </summary>
internal sealed class TaskHistory(DateTimeOffset submittedAt, DateTimeOffset seenAt)
{
    private const int MostPoints = 300;

    private readonly List<(long At, TaskLayer From, TaskLayer To)> _moves = [];
    private long _origin = submittedAt.ToUnixTimeMilliseconds();
    private long _end = Math.Max(seenAt.ToUnixTimeMilliseconds(), submittedAt.ToUnixTimeMilliseconds());
    private long _taskCount;

    /// <summary>True if <see cref="Points"/> is a sample at equal distances and not every change.</summary>
    public bool IsSampled { get; private set; }

    /// <summary>Takes in a task.</summary>
    public void Add(RunTaskStatus task)
    {
        _taskCount++;
        TaskLayer layer = Layer(task.State);
        if (layer == TaskLayer.Waiting) return;
        long? started = task.StartedAt?.ToUnixTimeMilliseconds();
        long? ended = layer == TaskLayer.Running ? null
            : started is { } s && task.Elapsed is { } took ? s + (long)took.TotalMilliseconds
            : task.EvidenceAt?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        if (started is { } start) Move(start, TaskLayer.Waiting, TaskLayer.Running);
        if (ended is { } end) Move(Math.Max(end, started ?? end), started is null ? TaskLayer.Waiting : TaskLayer.Running, layer);
        else if (started is null) Move(long.MaxValue, TaskLayer.Waiting, layer);
    }

    /// <summary>The counts over time, some hundred points at most, the first at the submission.</summary>
    public IReadOnlyList<HistoryPoint> Points()
    {
        _moves.Sort((a, b) => a.At.CompareTo(b.At));
        long[] moments = [.. _moves.Select(m => Math.Min(m.At, _end)).Prepend(_origin).Append(_end).Distinct()];
        IsSampled = moments.Length > MostPoints;
        if (IsSampled) moments = [.. Enumerable.Range(0, MostPoints + 1).Select(i => _origin + (long)((_end - _origin) * (i / (double)MostPoints)))];
        long[] counts = new long[(int)TaskLayer.Unknown + 1];
        counts[(int)TaskLayer.Waiting] = _taskCount;
        List<HistoryPoint> points = new(moments.Length);
        int next = 0;
        foreach (long moment in moments)
        {
            for (; next < _moves.Count && Math.Min(_moves[next].At, _end) <= moment; next++)
            {
                counts[(int)_moves[next].From]--;
                counts[(int)_moves[next].To]++;
            }
            points.Add(new HistoryPoint(DateTimeOffset.FromUnixTimeMilliseconds(moment), [.. counts]));
        }
        return points;
    }

    /// <summary>The layer of a state.</summary>
    public static TaskLayer Layer(TaskState state) => state switch
    {
        TaskState.Complete => TaskLayer.Complete,
        TaskState.Running => TaskLayer.Running,
        TaskState.Pending or TaskState.Held => TaskLayer.Waiting,
        _ => state.IsUnsuccessful() ? TaskLayer.Unsuccessful : TaskLayer.Unknown,
    };

    // The clocks of nodes may be before or after ours.
    private void Move(long at, TaskLayer from, TaskLayer to)
    {
        if (at != long.MaxValue)
        {
            _origin = Math.Min(_origin, at);
            _end = Math.Max(_end, at);
        }
        _moves.Add((at, from, to));
    }
}
