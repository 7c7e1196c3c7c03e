using System.Globalization;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>A JSON number as the exact decimal that its text says: no rounding, any size, no cost for a large exponent.</summary>
internal readonly struct DecimalText
{
    // Exponents beyond this are as good as infinite: no text is long enough to bring them back.
    private const long ExponentLimit = 1_000_000_000_000_000;

    // The value is sign * 0.digits * 10^point; digits has no zero at either end, and is empty for zero.
    private readonly int sign;
    private readonly string digits;
    private readonly long point;

    private DecimalText(int sign, string digits, long point)
    {
        this.sign = sign;
        this.digits = digits;
        this.point = point;
    }

    internal bool IsInteger => digits.Length <= point;

    /// <summary>Reads the raw text of a JSON number.</summary>
    internal static DecimalText Parse(string json)
    {
        var negative = json.StartsWith('-');
        var mantissa = json.AsSpan(negative ? 1 : 0);
        long exponent = 0;
        var mark = mantissa.IndexOfAny('e', 'E');
        if (mark >= 0)
        {
            exponent = ParseExponent(mantissa[(mark + 1)..]);
            mantissa = mantissa[..mark];
        }

        var dot = mantissa.IndexOf('.');
        var whole = dot < 0 ? mantissa : mantissa[..dot];
        var all = string.Concat(whole, dot < 0 ? default : mantissa[(dot + 1)..]);
        var significant = all.AsSpan().TrimStart('0');
        var kept = significant.TrimEnd('0').ToString();
        return kept.Length == 0
            ? new DecimalText(0, "", 0)
            : new DecimalText(negative ? -1 : 1, kept, whole.Length - (all.Length - significant.Length) + exponent);
    }

    /// <summary>Below zero if this is the smaller number, zero if both are equal, above zero else.</summary>
    internal int CompareTo(DecimalText other)
    {
        if (sign != other.sign) return sign.CompareTo(other.sign);
        var magnitude = point.CompareTo(other.point);
        if (magnitude == 0) magnitude = string.CompareOrdinal(digits, other.digits);
        return sign * magnitude;
    }

    /// <summary>One text for each value: equal numbers give equal texts.</summary>
    public override string ToString() =>
        sign == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{(sign < 0 ? "-" : "")}0.{digits}e{point}");

    private static long ParseExponent(ReadOnlySpan<char> text)
    {
        var negative = text[0] == '-';
        long value = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c)) value = Math.Min((value * 10) + (c - '0'), ExponentLimit);
        }

        return negative ? -value : value;
    }
}
