using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>A length of calendar time: months (M, Y) or a fixed span (m minutes, h or H, d or D, w weeks).</summary>
internal readonly record struct CalendarStep(int Months, TimeSpan Span, bool HasTime)
{
    public static CalendarStep Parse(string name, string text)
    {
        if (text.Length < 2
            || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count == 0
            || count > 100_000_000)
            throw Bad(name, text);
        return text[^1] switch
        {
            'm' => new(0, TimeSpan.FromMinutes(count), true),
            'h' or 'H' => new(0, TimeSpan.FromHours(count), true),
            'd' or 'D' => new(0, TimeSpan.FromDays(Math.Min(count, 4_000_000)), false),
            'w' or 'W' => new(0, TimeSpan.FromDays(Math.Min(count, 500_000) * 7.0), false),
            'M' => new(Math.Min(count, 120_000), TimeSpan.Zero, false),
            'y' or 'Y' => new(Math.Min(count, 10_000) * 12, TimeSpan.Zero, false),
            _ => throw Bad(name, text),
        };
    }

    /// <summary>
    /// The anchor plus n of these steps, counted from the anchor so that its day of the month is never lost; null past year
    /// 9999.
    /// </summary>
    public DateTime? From(DateTime anchor, long n, CalendarStep extra = default)
    {
        var months = (n * Months) + extra.Months;
        var ticks = ((Int128)Span.Ticks * n) + extra.Span.Ticks;
        if (months > 120_000 || ticks > DateTime.MaxValue.Ticks) return null;
        try
        {
            return Months > 0
                ? anchor.AddMonths((int)months).AddTicks((long)ticks)
                : anchor.AddTicks((long)(ticks - extra.Span.Ticks)).AddMonths(extra.Months).Add(extra.Span);
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private static HpcException Bad(string name, string text) => TaskError.Invalid(
        $"{name} '{text}' is not a length of time.",
        "Give a number and a unit: m (minutes), h, d, w, M (months) or Y, such as 4w.");
}
