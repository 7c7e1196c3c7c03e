using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>Times as qacct prints them.</summary>
internal static class GridEngineTime
{
    // Sun's and its sons', and Univa's. The zone is the cluster's, so that only the distance of two means anything.
    private static readonly string[] s_formats = ["ddd MMM d HH:mm:ss yyyy", "MM/dd/yyyy HH:mm:ss.fff", "MM/dd/yyyy HH:mm:ss", "yyyy-MM-dd HH:mm:ss"];

    /// <summary>A moment such as <c>Sat Nov 21 04:30:14 2026</c>, or null.</summary>
    public static DateTime? Parse(ReadOnlySpan<byte> text) =>
        text.Length is > 10 and < 40 && DateTime.TryParseExact(Encoding.UTF8.GetString(text), s_formats, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out DateTime time) ? time : null;

    /// <summary>Seconds such as <c>0.024s</c> or <c>0.024</c>, or null.</summary>
    public static double? Seconds(ReadOnlySpan<byte> text) =>
        double.TryParse(text.TrimEnd((byte)'s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds < int.MaxValue ? seconds : null;
}
