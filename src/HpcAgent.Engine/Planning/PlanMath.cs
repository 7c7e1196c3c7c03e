namespace HpcAgent.Engine.Planning;

/// <summary>Whole numbers and times that do not overflow.</summary>
internal static class PlanMath
{
    /// <summary>The quotient, rounded up; both above zero.</summary>
    public static long Ceiling(long dividend, long divisor) => ((dividend - 1) / divisor) + 1;

    /// <summary>A time several times, at most the longest there is.</summary>
    public static TimeSpan Times(TimeSpan time, double factor) =>
        time.Ticks * factor < TimeSpan.MaxValue.Ticks ? TimeSpan.FromTicks((long)(time.Ticks * factor)) : TimeSpan.MaxValue;

    /// <summary>The sum, at most the longest there is.</summary>
    public static TimeSpan Plus(TimeSpan left, TimeSpan right) => left < TimeSpan.MaxValue - right ? left + right : TimeSpan.MaxValue;
}
