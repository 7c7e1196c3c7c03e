namespace HpcAgent.Engine.Schedulers;

/// <summary>
/// The time limit of an element and when the first signal comes. The signal lies within the time that was asked for, because a site's
/// limit cannot be passed; only where it would take more than half of a short time, the limit is raised by it instead.
/// </summary>
/// <param name="LimitSeconds">What the scheduler is asked for.</param>
/// <param name="SignalSeconds">How long before the limit the first signal is sent.</param>
/// <param name="SecondsToSignal">How long the element surely has before it.</param>
internal readonly record struct ElementTime(long LimitSeconds, long SignalSeconds, long SecondsToSignal)
{
    /// <summary>Lays the limit out.</summary>
    /// <param name="walltime">What was asked for.</param>
    /// <param name="signalSeconds">How long before the limit the signal is sent.</param>
    /// <param name="slackSeconds">How much earlier than that it may come.</param>
    /// <param name="unitSeconds">The scheduler's unit, to which the limit is rounded up.</param>
    public static ElementTime Of(TimeSpan walltime, long signalSeconds, long slackSeconds, long unitSeconds)
    {
        long asked = Math.Max(1, (long)Math.Ceiling(walltime.TotalSeconds));
        long early = signalSeconds + slackSeconds;
        long limit = RoundUp(early > asked / 2 ? asked + early : asked, unitSeconds);
        return new ElementTime(limit, signalSeconds, limit - early);
    }

    private static long RoundUp(long value, long unit) => (value + unit - 1) / unit * unit;
}
