using System.Globalization;

namespace HpcAgent.Engine.Planning;

/// <summary>Durations as people read them.</summary>
public static class DurationText
{
    /// <summary>Writes a duration as the original does: <c>45s</c>, <c>30m</c>, <c>1h</c>, <c>1h05m</c>; days as <c>2d03h</c>.</summary>
    /// <param name="duration">The duration.</param>
    public static string Format(TimeSpan duration)
    {
        long seconds = (long)Math.Round(duration.TotalSeconds);
        if (seconds < 60) return string.Create(CultureInfo.InvariantCulture, $"{seconds}s");
        long minutes = (seconds + 30) / 60;
        if (minutes < 60) return string.Create(CultureInfo.InvariantCulture, $"{minutes}m");
        (long hours, long rest) = (minutes / 60, minutes % 60);
        if (hours >= 24) return string.Create(CultureInfo.InvariantCulture, $"{hours / 24}d{hours % 24:00}h");
        return rest == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{hours}h")
            : string.Create(CultureInfo.InvariantCulture, $"{hours}h{rest:00}m");
    }
}
