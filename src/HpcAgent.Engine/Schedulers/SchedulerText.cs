using System.Buffers.Text;
using System.Globalization;

namespace HpcAgent.Engine.Schedulers;

/// <summary>Values as schedulers print them.</summary>
internal static class SchedulerText
{
    /// <summary>The whole number that a text begins with, or null.</summary>
    public static long? Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long number, out int used) && used > 0 ? number : null;

    /// <summary>An amount of memory such as <c>2996K</c>, <c>1.50G</c> or <c>3067904</c>, or null.</summary>
    public static long? Bytes(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !Utf8Parser.TryParse(text, out double number, out int used)) return null;
        double factor = used == text.Length ? 1 : (text[used] | 0x20) switch
        {
            (byte)'k' => 1L << 10,
            (byte)'m' => 1L << 20,
            (byte)'g' => 1L << 30,
            (byte)'t' => 1L << 40,
            (byte)'p' => 1L << 50,
            _ => 1,
        };
        return (long)(number * factor);
    }

    /// <summary>A time limit such as <c>1-00:00:00</c>, <c>00:10:00</c>, <c>5:00</c> (minutes) or <c>UNLIMITED</c>, for which it is null.</summary>
    public static TimeSpan? Time(string text)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!TryNumber(dash < 0 ? "0" : text[..dash], out long days)) return null;
        string[] parts = text[(dash + 1)..].Split(':');
        if (parts.Length > 3 || parts.Any(part => !TryNumber(part, out _))) return null;
        long[] numbers = [.. parts.Select(part => long.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture))];
        // With days the first part is hours; without, one part is minutes, two are minutes and seconds.
        (long hours, long minutes, long seconds) = (numbers.Length, dash >= 0) switch
        {
            (3, _) => (numbers[0], numbers[1], numbers[2]),
            (2, true) => (numbers[0], numbers[1], 0),
            (2, false) => (0, numbers[0], numbers[1]),
            (_, true) => (numbers[0], 0, 0),
            _ => (0, numbers[0], 0),
        };
        return TimeSpan.FromSeconds((((((days * 24) + hours) * 60) + minutes) * 60) + seconds);
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && text.Length <= 9;
}
