namespace HpcAgent.Engine.Planning;

/// <summary>The time limits of tasks and of the elements that run several of them.</summary>
/// <param name="Limit">The time limit of one task, or null if nobody says one.</param>
/// <param name="Cap">The longest time that an element may ask for, or null.</param>
/// <param name="AtOnce">How many tasks an element runs at once.</param>
internal sealed record PlanTime(TimeSpan? Limit, TimeSpan? Cap, int AtOnce)
{
    private static readonly TimeSpan s_start = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(1);

    /// <summary>
    /// What an element asks for: the limit of one task for each round of tasks, and beyond one round a minute and a second for each round, for the
    /// dispatcher itself. Without a limit of tasks, all that there is.
    /// </summary>
    /// <param name="tasks">Tasks in the element.</param>
    public TimeSpan? OfElement(int tasks)
    {
        long rounds = PlanMath.Ceiling(tasks, AtOnce);
        if (rounds == 1 || Limit is not { } limit) return rounds == 1 ? Limit : Cap;
        return PlanMath.Times(limit + s_each, rounds) is var time && time < TimeSpan.MaxValue - s_start ? time + s_start : TimeSpan.MaxValue;
    }

    /// <summary>The most tasks of which an element may ask for the time; at least one round.</summary>
    /// <param name="cap">The longest time of an element.</param>
    public int MostTasks(TimeSpan cap)
    {
        if (Limit is not { } limit) return AtOnce;
        double rounds = Math.Max(1, Math.Floor((cap - s_start) / (limit + s_each)));
        return (int)Math.Min(int.MaxValue, rounds * AtOnce);
    }
}
