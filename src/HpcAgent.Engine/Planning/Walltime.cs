using System.Globalization;

namespace HpcAgent.Engine.Planning;

/// <summary>Time limits as people write them.</summary>
public static class Walltime
{
    private const string Examples = "Write 90s, 30m, 2h, 1d, 48:00:00 (h:mm:ss) or 1-00:00:00 (d-hh:mm:ss).";

    /// <summary>
    /// Reads <c>90s</c>, <c>30m</c>, <c>2h</c>, <c>1d</c>, <c>h:mm:ss</c> with any number of hours, or <c>d-hh:mm:ss</c>. A bare number
    /// and a two-part time mean different things to different programs, so both are refused with their readings.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <exception cref="HpcException">The text is none of these, or not above zero.</exception>
    public static TimeSpan Parse(string text)
    {
        string trimmed = text.Trim();
        TimeSpan? value = ParseUnit(trimmed) ?? ParseClock(trimmed);
        if (value is { } span && span > TimeSpan.Zero) return span;
        throw new HpcException(ErrorCode.SpecInvalid, $"the time limit '{text}' cannot be read: {Why(trimmed)}", Examples);
    }

    private static string Why(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return number <= 0 ? "it must be above zero" : $"a bare number could be {text} seconds or {text} minutes";
        string[] parts = text.Split(':');
        if (parts.Length == 2 && parts.All(p => p.Length > 0 && p.All(char.IsAsciiDigit)))
            return $"a time in two parts could be {parts[0]} hours {parts[1]} minutes or {parts[0]} minutes {parts[1]} seconds";
        return "it is no duration above zero";
    }

    private static TimeSpan? ParseUnit(string text)
    {
        double? seconds = text.Length < 2 ? null : char.ToLowerInvariant(text[^1]) switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86400, _ => null };
        if (seconds is null || !double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return null;
        return number * seconds.Value < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(number * seconds.Value) : null;
    }

    private static TimeSpan? ParseClock(string text)
    {
        long days = 0;
        int dash = text.IndexOf('-');
        if (dash >= 0 && !long.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out days)) return null;
        string[] parts = text[(dash + 1)..].Split(':');
        if (parts.Length != 3 || !Digits(parts[0], dash >= 0 ? 23 : int.MaxValue, out long hours)) return null;
        if (!Digits(parts[1], 59, out long minutes) || !Digits(parts[2], 59, out long seconds)) return null;
        double total = (((((days * 24.0) + hours) * 60) + minutes) * 60) + seconds;
        return total < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(total) : null;
    }

    private static bool Digits(string text, long most, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= most;
}
