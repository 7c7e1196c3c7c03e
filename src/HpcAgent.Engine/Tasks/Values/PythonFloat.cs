using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Writes a double as Python's <c>repr</c> does: the shortest digits that read back to the same value, an exponent below
/// 1e-4 and from 1e16 on, and always a point or an exponent.
/// </summary>
internal static class PythonFloat
{
    /// <summary>The longest text, as in <c>-2.2250738585072014e-308</c>, with room to spare.</summary>
    public const int MaxLength = 32;

    /// <summary>Writes the value and returns the number of bytes.</summary>
    public static int Format(double value, Span<byte> target)
    {
        if (double.IsNaN(value)) return Copy("NaN"u8, target);
        if (double.IsInfinity(value)) return Copy(value > 0 ? "Infinity"u8 : "-Infinity"u8, target);
        if (value == 0) return Copy(double.IsNegative(value) ? "-0.0"u8 : "0.0"u8, target);

        Span<byte> digits = stackalloc byte[24];
        var count = ShortestDigits(value, digits, out var exponent);
        var at = 0;
        if (value < 0) target[at++] = (byte)'-';
        return at + (exponent is < -4 or >= 16
            ? Scientific(digits[..count], exponent, target[at..])
            : Positional(digits[..count], exponent, target[at..]));
    }

    /// <summary>The significant digits without trailing zeros, and the decimal exponent of the first.</summary>
    private static int ShortestDigits(double value, Span<byte> digits, out int exponent)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        if (!TryFormatPowerOfTwo(value, text, out var length)) value.TryFormat(text, out length, "R", CultureInfo.InvariantCulture);
        int count = 0, point = -1, leadingZeros = 0;
        exponent = 0;
        for (var i = 0; i < length; i++)
        {
            var c = text[i];
            if (c is (byte)'-') continue;
            if (c is (byte)'.') point = count + leadingZeros;
            else if (c is (byte)'E')
            {
                exponent = int.Parse(text[(i + 1)..length], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
                break;
            }
            else if (count == 0 && c == (byte)'0') leadingZeros++;
            else digits[count++] = c;
        }

        exponent += (point < 0 ? count + leadingZeros : point) - leadingZeros - 1;
        while (count > 1 && digits[count - 1] == (byte)'0') count--;
        return count;
    }

    /// <summary>
    /// The shortest digits of a power of two, whose lower neighbour is only half as far as the upper one. .NET gets some of
    /// these wrong: 2^-958 is written as a text that reads back as another number.
    /// </summary>
    private static bool TryFormatPowerOfTwo(double value, Span<byte> text, out int length)
    {
        length = 0;
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = ((bits >> 52) & 0x7ff) - 1023;
        if ((bits & 0xfffffffffffff) != 0 || exponent is >= -10 and <= 52) return false;
        for (var digits = 1; digits <= 17; digits++)
        {
            value.TryFormat(text, out length, "E" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (ReadsBack(value, text[..length])) return true;
            var last = digits == 1 ? 0 : digits;
            if (value < 0) last++;
            // The nearest text of this length may lie below, outside the interval, when the next one above lies within.
            if (text[last] == (byte)'9') continue;
            text[last]++;
            if (ReadsBack(value, text[..length])) return true;
        }

        return true;
    }

    private static bool ReadsBack(double value, ReadOnlySpan<byte> text) =>
        double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).Equals(value);

    private static int Scientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        var at = 0;
        target[at++] = digits[0];
        if (digits.Length > 1)
        {
            target[at++] = (byte)'.';
            at += Copy(digits[1..], target[at..]);
        }

        target[at++] = (byte)'e';
        target[at++] = (byte)(exponent < 0 ? '-' : '+');
        Math.Abs(exponent).TryFormat(target[at..], out var written, "00", CultureInfo.InvariantCulture);
        return at + written;
    }

    private static int Positional(ReadOnlySpan<byte> digits, int exponent, Span<byte> target)
    {
        var at = 0;
        if (exponent < 0)
        {
            at += Copy("0."u8, target);
            for (var i = -1; i > exponent; i--) target[at++] = (byte)'0';
            return at + Copy(digits, target[at..]);
        }

        for (var i = 0; i <= exponent; i++) target[at++] = i < digits.Length ? digits[i] : (byte)'0';
        target[at++] = (byte)'.';
        if (digits.Length <= exponent + 1) target[at++] = (byte)'0';
        else at += Copy(digits[(exponent + 1)..], target[at..]);
        return at;
    }

    private static int Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        from.CopyTo(to);
        return from.Length;
    }
}
