using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>Tasks with <c>window_start</c> and <c>window_end</c>: a window that slides over a period (reference 4.1 and 5.14).</summary>
/// <remarks>
/// Window i starts at start + i * stride, always counted from the start: 2020-01-31 with 1M gives 01-31, 02-29, 03-31, 04-30.
/// It ends, inclusively, one day (one second if a unit is m or h) before start + i * stride + duration, so that with stride = duration
/// the end is the day before the next start. The last ends are cut at the overall end, or with <c>keepPartial: false</c>
/// such windows are left out.
/// Text is <c>yyyy-MM-dd</c>, or <c>yyyy-MM-ddTHH:mm:ss</c> if a bound or a unit has a time.
/// </remarks>
public static class DateWindows
{
    private static readonly string[] DateFormats = ["yyyy-MM-dd"];
    private static readonly string[] TimeFormats = ["yyyy-MM-ddTHH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-ddTHH:mm", "yyyy-MM-dd HH:mm"];

    /// <summary>The windows of a period.</summary>
    /// <param name="start">The first day or time, ISO.</param>
    /// <param name="end">The last day or time, ISO, inclusive.</param>
    /// <param name="duration">The length of a window, such as <c>4w</c>.</param>
    /// <param name="stride">The distance between starts; null takes the duration.</param>
    /// <param name="keepPartial">Whether windows that the overall end cuts short are kept.</param>
    /// <exception cref="HpcException">A date or length cannot be read, or no window fits.</exception>
    public static IndexedTaskSet Create(string start, string end, string duration, string? stride = null, bool keepPartial = true)
    {
        var first = ParseDate("start", start, out var startHasTime);
        var last = ParseDate("end", end, out var endHasTime);
        var length = CalendarStep.Parse("duration", duration);
        var step = stride is null ? length : CalendarStep.Parse("stride", stride);
        var hasTime = startHasTime || endHasTime || length.HasTime || step.HasTime;
        if (hasTime && !endHasTime) last = last.Date.Add(new TimeSpan(23, 59, 59));
        var windows = new Windows(first, last, length, step, hasTime);
        var count = Windows.CountWhile(i => keepPartial ? windows.Start(i) <= last : windows.FullEnd(i) <= last);
        if (count == 0) throw TaskError.Invalid(
            $"No window of {duration} fits between {start} and {end}.",
            "Give a later end or a shorter duration.");
        return new ComputedTaskSet(["window_start", "window_end"], count, windows.Values);
    }

    private static DateTime ParseDate(string name, string text, out bool hasTime)
    {
        hasTime = false;
        if (DateTime.TryParseExact(text, DateFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;
        hasTime = true;
        return DateTime.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out date)
            ? date
            : throw TaskError.Invalid($"{name} '{text}' is not a date.", "Give it as 2020-01-31 or 2020-01-31T12:00:00.");
    }

    private sealed class Windows(DateTime first, DateTime last, CalendarStep length, CalendarStep step, bool hasTime)
    {
        public DateTime Start(long i) => step.From(first, i) ?? DateTime.MaxValue;

        /// <summary>The inclusive end before it is cut.</summary>
        public DateTime FullEnd(long i)
        {
            var next = step.From(first, i, length);
            return next is null ? DateTime.MaxValue : hasTime ? next.Value.AddSeconds(-1) : next.Value.AddDays(-1);
        }

        /// <summary>How many windows satisfy a condition that holds up to some index and not after it.</summary>
        public static long CountWhile(Func<long, bool> holds)
        {
            long low = 0, high = 1;
            while (holds(high - 1)) (low, high) = (high, high * 2);
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                if (holds(middle)) low = middle + 1;
                else high = middle;
            }

            return low;
        }

        public object?[] Values(long i)
        {
            var end = FullEnd(i);
            return [Text(Start(i)), Text(end < last ? end : last)];
        }

        private string Text(DateTime time) => time.ToString(hasTime ? "yyyy-MM-ddTHH:mm:ss" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
    }
}
