using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Schedulers;

/// <summary>
/// A list of elements as schedulers write it, kept as intervals and never expanded: <c>1-5:2,7,9-11%4</c>, with or without brackets, cut off
/// with <c>...</c> where the scheduler cuts.
/// </summary>
/// <param name="Ranges">The intervals in their order.</param>
/// <param name="Throttle">How many run at once (<c>%4</c>), or null.</param>
/// <param name="IsTruncated">True if the scheduler left some out.</param>
public sealed record ElementRanges(IReadOnlyList<ElementRange> Ranges, long? Throttle = null, bool IsTruncated = false)
{
    /// <summary>How many elements are listed.</summary>
    public long Count => Ranges.Sum(range => range.Count);

    /// <summary>True if an element is listed.</summary>
    /// <param name="element">The element.</param>
    public bool Contains(long element) => Ranges.Any(range => range.Contains(element));

    /// <summary>Reads a list.</summary>
    /// <param name="text">The text in ASCII.</param>
    /// <returns>The list, or null if the text is none.</returns>
    public static ElementRanges? TryParse(ReadOnlySpan<byte> text)
    {
        if (text.Length >= 2 && text[0] == '[' && text[^1] == ']') text = text[1..^1];
        long? throttle = null;
        if (text.LastIndexOf((byte)'%') is var percent and >= 0)
        {
            ReadOnlySpan<byte> limit = text[(percent + 1)..];
            bool isNumber = TryNumber(ref limit, out long number);
            // The cut may fall within the throttle; then the list before it is whole.
            if (limit.EndsWith("..."u8)) throttle = null;
            else if (isNumber && limit.IsEmpty) throttle = number;
            else return null;
            text = text[..percent];
        }
        int cut = text.IndexOf("..."u8);
        bool isTruncated = cut >= 0;
        // A number next to the cut may itself be cut; only what a comma ends is whole.
        if (isTruncated) text = text[..Math.Max(0, text[..cut].LastIndexOf((byte)','))];
        List<ElementRange> ranges = [];
        while (!text.IsEmpty)
        {
            if (!TryRange(ref text, out ElementRange range)) return null;
            ranges.Add(range);
            if (text.IsEmpty) break;
            if (text[0] != ',' || text.Length == 1) return null;
            text = text[1..];
        }
        return ranges.Count == 0 && !isTruncated ? null : new ElementRanges(ranges, throttle, isTruncated);
    }

    /// <summary>Reads a list.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The list, or null if the text is none.</returns>
    public static ElementRanges? TryParse(string text) => TryParse(Encoding.UTF8.GetBytes(text));

    /// <summary>As a scheduler writes it, without brackets.</summary>
    public override string ToString()
    {
        string list = string.Join(',', Ranges.Select(range => range.ToString())) + (IsTruncated ? Ranges.Count > 0 ? ",..." : "..." : "");
        return Throttle is { } limit ? list + "%" + limit.ToString(CultureInfo.InvariantCulture) : list;
    }

    /// <summary>The same intervals with the same limits.</summary>
    /// <param name="other">The other list.</param>
    public bool Equals(ElementRanges? other) =>
        other is not null && Throttle == other.Throttle && IsTruncated == other.IsTruncated && Ranges.SequenceEqual(other.Ranges);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Ranges.Count, Ranges.Count > 0 ? Ranges[0] : default, Throttle, IsTruncated);

    private static bool TryRange(ref ReadOnlySpan<byte> text, out ElementRange range)
    {
        range = default;
        if (!TryNumber(ref text, out long first)) return false;
        (long last, long step) = (first, 1);
        if (text.Length > 0 && text[0] == '-')
        {
            text = text[1..];
            if (!TryNumber(ref text, out last) || last < first) return false;
            if (text.Length > 0 && text[0] == ':')
            {
                text = text[1..];
                if (!TryNumber(ref text, out step) || step < 1) return false;
            }
        }
        last = first + ((last - first) / step * step);
        range = new ElementRange(first, last, first == last ? 1 : step);
        return true;
    }

    private static bool TryNumber(ref ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        if (text.IsEmpty || !char.IsAsciiDigit((char)text[0]) || !Utf8Parser.TryParse(text, out number, out int used)) return false;
        text = text[used..];
        return true;
    }
}
