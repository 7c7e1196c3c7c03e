using System.Globalization;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Reporting;

/// <summary>Values as the report writes them; the same as in the tables of the cmdlets.</summary>
internal static class ReportText
{
    /// <summary>A duration such as <c>24ms</c>, <c>6s</c>, <c>1m27s</c> or <c>1h05m</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time == TimeSpan.Zero) return "0s";
        if (time < TimeSpan.FromSeconds(0.0995)) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms");
        if (time < TimeSpan.FromSeconds(9.995)) return string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.##}s");
        long seconds = (long)Math.Round(time.TotalSeconds);
        return seconds is < 60 or >= 3600 || seconds % 60 == 0 ? DurationText.Format(time) : string.Create(CultureInfo.InvariantCulture, $"{seconds / 60}m{seconds % 60:00}s");
    }

    /// <summary>A number in six significant digits, or nothing.</summary>
    public static string Number(object? value) => SignificantDigits.SixSignificantDigits(value);

    /// <summary>A count.</summary>
    public static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    /// <summary>A moment in universal time.</summary>
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A moment in universal time, which says so.</summary>
    public static string Moment(DateTimeOffset at) => Time(at) + " UTC";

    /// <summary>A part of one in per cent.</summary>
    public static string Percent(double part) => string.Create(CultureInfo.InvariantCulture, $"{part * 100:0}%");

    /// <summary>A name of the code as words: <c>OutOfMemory</c> gives <c>out of memory</c>.</summary>
    public static string Words<T>(T name)
        where T : struct, Enum =>
        string.Concat(name.ToString().Select((c, i) => char.IsAsciiLetterUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));

    /// <summary>A count and what is counted: <c>1 task</c>, <c>2 tasks</c>.</summary>
    public static string Several(long count, string one) => string.Create(CultureInfo.InvariantCulture, $"{count} {one}{(count == 1 ? "" : "s")}");
}
