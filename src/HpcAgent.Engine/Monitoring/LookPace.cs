namespace HpcAgent.Engine.Monitoring;

/// <summary>How long to wait before a run is looked at again.</summary>
/// <remarks>
/// On a cluster a look costs the scheduler a query, so that their distance follows what is known: a third of the time that is left at least, and
/// not less than a thirty-fifth of the run's age; where the end is overdue, a twentieth of the age at most; where nothing is known of it, a third of the
/// time in which nothing has happened, and not less than a twentieth of the age; always four seconds to ten minutes. So two hours of watching
/// cost at most forty looks.
/// </remarks>
internal static class LookPace
{
    /// <summary>How old a run may be to be followed without regard to the budget of its site.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    /// <summary>The pause for a run on a cluster.</summary>
    /// <param name="age">How long ago it was submitted, or sent again.</param>
    /// <param name="quiet">For how long nothing has happened.</param>
    /// <param name="left">How long it takes from now, at least and at most, or null if that is not known.</param>
    public static TimeSpan OnCluster(TimeSpan age, TimeSpan quiet, (TimeSpan Least, TimeSpan Most)? left)
    {
        TimeSpan pause = left switch
        {
            null => Longer(quiet / 3, age / 20),
            { Least.Ticks: > 0 } ahead => Longer(ahead.Least / 3, age / 35),
            { } overdue => Longer(Shorter(overdue.Most / 3, age / 20), age / 35),
        };
        return Shorter(Longer(pause, s_shortest), s_longest);
    }

    /// <summary>The pause for a run of this machine, where a look costs next to nothing: a tenth of what is left, between a second and five minutes.</summary>
    /// <param name="left">How long it still takes, or null if that is not known.</param>
    public static TimeSpan Here(TimeSpan? left) => TimeSpan.FromSeconds(left is { } time ? Math.Clamp(time.TotalSeconds / 10, 1, 300) : 2);

    /// <summary>The pause for a run of which only the journal was read.</summary>
    /// <param name="state">Its state there.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="age">How long ago it was submitted.</param>
    public static TimeSpan Unseen(LifecycleState state, string cluster, TimeSpan age) => state switch
    {
        LifecycleState.Complete or LifecycleState.Failed or LifecycleState.Abandoned => TimeSpan.Zero,
        _ => cluster == "local" ? Here(null) : OnCluster(age, age, null),
    };

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
