using System.Globalization;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Clusters;

/// <summary>
/// Durations of <c>clusters.yaml</c>. The original's readings stay, because its files are read: a bare number is seconds, <c>30:00</c> is
/// minutes and seconds, <c>24:00:00</c> hours, minutes and seconds. Beside these, all that <see cref="Walltime"/> reads.
/// </summary>
internal static class SiteDuration
{
    /// <summary>Reads a duration of zero or more, or null if the text is none.</summary>
    public static TimeSpan? Parse(string text)
    {
        string trimmed = text.Trim();
        if (double.TryParse(trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
            return seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
        if (trimmed.Split(':') is [string minutes, { Length: <= 2 } rest] && !trimmed.Contains('-', StringComparison.Ordinal))
            trimmed = string.Create(CultureInfo.InvariantCulture, $"0:{minutes}:{rest}");
        try
        {
            return Clock(trimmed) ?? Walltime.Parse(trimmed);
        }
        catch (HpcException)
        {
            return null;
        }
    }

    // H:M:S as the original reads it: zero is allowed, and so are minutes above 59.
    private static TimeSpan? Clock(string text)
    {
        double total = 0;
        string[] parts = text.Split(':');
        if (parts.Length != 3) return null;
        foreach (string part in parts)
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return null;
            total = (total * 60) + number;
        }
        return total < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(total) : null;
    }
}
