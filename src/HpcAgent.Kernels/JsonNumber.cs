using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>Reads one number in JSON's grammar, as it is written and as the nearest double.</summary>
internal static class JsonNumber
{
    /// <summary>Reads a number that starts at the position, with a digit or a minus, and moves past it.</summary>
    /// <returns>False if the grammar is broken at the position.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, ref int position, LongDigits longDigits, out DecimalNumber value)
    {
        int start = position;
        value = default;
        bool negative = text[position] == (byte)'-';
        if (negative)
            position++;
        ulong digits = 0;
        int firstDigit = position;
        ReadDigits(text, ref position, ref digits);
        int count = position - firstDigit;
        if (count == 0 || (count > 1 && text[firstDigit] == (byte)'0'))
        {
            position = count == 0 ? position : firstDigit + 1;
            return false;
        }
        long power = 0;
        if (position < text.Length && text[position] == (byte)'.')
        {
            int point = position++;
            ReadDigits(text, ref position, ref digits);
            power = point + 1 - position;
            count -= (int)power;
            if (power == 0)
                return false;
        }
        if (position < text.Length && (text[position] | 0x20) == (byte)'e' && !TryReadExponent(text, ref position, ref power))
            return false;
        // 19 digits fit in 64 bits.
        if (count <= 19 && DecimalRounding.TryRound(digits, power, out double magnitude) && magnitude is > 0 and <= double.MaxValue)
            value = new DecimalNumber(negative ? -magnitude : magnitude, digits, (int)power);
        else
            value = Slow(text[start..position], firstDigit - start, count, digits, power, longDigits);
        return true;
    }

    /// <summary>Zeros, numbers beyond the range, those of more than 19 digits, and the few that rounding leaves undecided.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static DecimalNumber Slow(ReadOnlySpan<byte> text, int sign, int count, ulong digits, long power, LongDigits longDigits)
    {
        bool isLong = count > 19 && count - LeadingZeros(text[sign..]) > 19;
        if (isLong || !DecimalRounding.TryRound(digits, power, out double magnitude))
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

    private static void ReadDigits(ReadOnlySpan<byte> text, ref int position, ref ulong digits)
    {
        int at = position;
        ulong number = digits;
        while (at + 8 <= text.Length && TryReadEight(BinaryPrimitives.ReadUInt64LittleEndian(text[at..]), out uint eight))
        {
            number = (number * 100_000_000) + eight;
            at += 8;
        }
        while ((uint)at < (uint)text.Length)
        {
            uint digit = (uint)text[at] - '0';
            if (digit > 9)
                break;
            number = (number * 10) + digit;
            at++;
        }
        position = at;
        digits = number;
    }

    /// <summary>Eight digits at once, in the lanes of one word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadEight(ulong text, out uint number)
    {
        ulong lanes = text - 0x3030303030303030;
        number = 0;
        if ((((text + 0x4646464646464646) | lanes) & 0x8080808080808080) != 0)
            return false;
        lanes = (lanes * 10) + (lanes >> 8);
        number = (uint)((((lanes & 0x000000FF000000FF) * 0x000F424000000064)
            + (((lanes >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
        return true;
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
