using System.Globalization;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Reporting;

/// <summary>Values as the report writes them; the same as in the tables of the cmdlets.</summary>
internal static class ReportText
{
    /// <summary>A duration such as <c>1h05m</c>; below ten seconds with two digits after the point.</summary>
    public static string Duration(TimeSpan time) => time < TimeSpan.FromSeconds(10)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00}s")
        : DurationText.Format(time);

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
