namespace HpcAgent.Engine.Planning;

/// <summary>
/// How many short tasks to put into one array element. Sites ask for steps of ten minutes or more, because starting each one costs the
/// scheduler seconds (such as docs.stat.washington.edu/cluster/slurm/job-limits); but elements never become so few that less runs at once.
/// </summary>
internal static class ShortTasks
{
    /// <summary>How long an element should run at least.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMinutes(10);

    /// <summary>Elements that are left where nobody says how many tasks may run at once; fewer are no burden to a scheduler.</summary>
    public const int FewElements = 100;

    /// <summary>Tasks for one element; a multiple of what it runs at once.</summary>
    /// <param name="taskCount">All tasks.</param>
    /// <param name="duration">How long one takes, if that is known.</param>
    /// <param name="running">How many may run at once, or null.</param>
    /// <param name="atOnce">How many an element runs at once.</param>
    public static int PerElement(long taskCount, TimeSpan? duration, int? running, int atOnce)
    {
        if (duration is not { } each || each <= TimeSpan.Zero || each >= Target) return atOnce;
        double rounds = Math.Ceiling(Target / each);
        double elements = running is { } tasks ? Math.Ceiling((double)tasks / atOnce) : FewElements;
        double spread = Math.Floor(taskCount / (elements * atOnce));
        return (int)Math.Min(int.MaxValue, Math.Max(1, Math.Min(rounds, spread)) * atOnce);
    }
}
