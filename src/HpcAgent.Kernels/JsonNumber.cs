using System.Buffers.Binary;
using System.Globalization;

namespace HpcAgent.Kernels;

/// <summary>Reads one number in JSON's grammar and rounds it to the nearest double.</summary>
internal static class JsonNumber
{
    /// <summary>Reads a number that starts at the position, with a digit or a minus, and moves past it.</summary>
    /// <returns>False if the grammar is broken at the position.</returns>
    public static bool TryRead(ReadOnlySpan<byte> text, ref int position, out double value)
    {
        int start = position;
        value = 0;
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
        if ((count > 19 && count - LeadingZeros(text[firstDigit..]) > 19) || !DecimalRounding.TryRound(digits, power, out value))
            value = Math.Abs(double.Parse(text[start..position], NumberStyles.Float, CultureInfo.InvariantCulture));
        if (negative)
            value = -value;
        return true;
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
            exponent = Math.Min((exponent * 10) + text[position] - '0', 1_000_000_000);
        power += negative ? -exponent : exponent;
        return position > first;
    }
}
