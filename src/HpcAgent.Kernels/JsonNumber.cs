using System.Globalization;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>Reads one number in JSON's grammar, as it is written and as the nearest double.</summary>
internal static class JsonNumber
{
    /// <summary>Reads a number that starts at the position, with a digit or a minus, and moves past it.</summary>
    /// <returns>False if the grammar is broken at the position.</returns>
    // A short process reads a million numbers before the runtime would compile this a second time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRead(ReadOnlySpan<byte> text, ref int position, LongDigits longDigits, out DecimalNumber value)
    {
        int start = position;
        int first = text[start] == (byte)'-' ? start + 1 : start;
        ulong digits = 0;
        // Most numbers have one digit before their point.
        int at = JsonDigits.IsSingle(text, first, ref digits) ? first + 1 : JsonDigits.Read(text, first, ref digits);
        int count = at - first;
        int decimals = 0;
        if (count > 0 && (uint)at < (uint)text.Length && text[at] == (byte)'.')
        {
            int point = at++;
            at = JsonDigits.Read(text, at, ref digits);
            decimals = at - point - 1;
            // A point wants a digit on either side.
            if (decimals == 0)
                count = 0;
        }
        position = at;
        bool isPlain = (uint)at >= (uint)text.Length || (text[at] | 0x20) != (byte)'e';
        // 19 digits fit in 64 bits.
        if (isPlain && digits != 0 && count > 0 && (count == 1 || text[first] != (byte)'0') && count + decimals <= 19)
        {
            value = new DecimalNumber(first > start, digits, -decimals);
            return true;
        }
        return TryReadOther(text, start, first, count, decimals, ref position, longDigits, digits, out value);
    }

    /// <summary>What is broken, or has an exponent, or no digit but 0, or more of them than 19.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryReadOther(
        ReadOnlySpan<byte> text, int start, int first, int count, int decimals, ref int position, LongDigits longDigits, ulong digits, out DecimalNumber value)
    {
        value = default;
        if (count == 0)
            return false;
        if (count > 1 && text[first] == (byte)'0')
        {
            position = first + 1;
            return false;
        }
        long power = -decimals;
        if (position < text.Length && (text[position] | 0x20) == (byte)'e' && !TryReadExponent(text, ref position, ref power))
            return false;
        count += decimals;
        double magnitude = count <= 19 ? DecimalRounding.Round(digits, power) : double.NaN;
        value = magnitude is > 0 and <= double.MaxValue
            ? new DecimalNumber(first > start ? -magnitude : magnitude, digits, (int)power)
            : Slow(text[start..position], first - start, count, digits, power, longDigits);
        return true;
    }

    /// <summary>Zeros, numbers beyond the range, those of more than 19 digits, and the few that rounding leaves undecided.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DecimalNumber Slow(ReadOnlySpan<byte> text, int sign, int count, ulong digits, long power, LongDigits longDigits)
    {
        bool isLong = count > 19 && count - LeadingZeros(text[sign..]) > 19;
        double magnitude = isLong ? double.NaN : DecimalRounding.Round(digits, power);
        if (double.IsNaN(magnitude))
            magnitude = Math.Abs(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));
        double rounded = sign > 0 ? -magnitude : magnitude;
        // What rounds to zero is zero; then, as beyond the range of a double, the exponent may be of any size.
        if (magnitude == 0 || double.IsInfinity(magnitude))
            return new DecimalNumber(rounded, 0, 0);
        return isLong ? longDigits.Read(text[sign..], power, rounded) : new DecimalNumber(rounded, digits, (int)power);
    }

    private static int LeadingZeros(ReadOnlySpan<byte> digits)
    {
        int end = digits.IndexOfAnyExcept((byte)'0', (byte)'.');
        end = end < 0 ? digits.Length : end;
        return end - digits[..end].Count((byte)'.');
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, ref int position, ref long power)
    {
        position++;
        bool negative = position < text.Length && text[position] == (byte)'-';
        if (negative || (position < text.Length && text[position] == (byte)'+'))
            position++;
        int first = position;
        long exponent = 0;
        for (; position < text.Length && (uint)text[position] - '0' <= 9; position++)
            exponent = Math.Min((exponent * 10) + text[position] - '0', 1_000_000_000_000);
        power += negative ? -exponent : exponent;
        return position > first;
    }
}
