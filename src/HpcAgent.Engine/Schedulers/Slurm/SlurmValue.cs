using System.Runtime.CompilerServices;
using System.Buffers.Binary;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>Values in the rows of sacct; -1 is what cannot be read.</summary>
internal static class SlurmValue
{
    /// <summary>A whole number of at most eighteen digits and nothing else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Number(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 18) return -1;
        ulong number = 0;
        if (text.Length >= 8)
        {
            if (!TryEight(text, out number)) return -1;
            text = text[8..];
        }
        foreach (byte b in text)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9) return -1;
            number = (number * 10) + digit;
        }
        return (long)number;
    }

    /// <summary>The two numbers of <c>3:0</c> or <c>0:9</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (short Code, short Signal) Exit(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("0:0"u8)) return (0, 0);
        int colon = text.IndexOf((byte)':');
        return (Small(colon < 0 ? text : text[..colon]), colon < 0 ? (short)-1 : Small(text[(colon + 1)..]));
    }

    /// <summary>An amount of memory such as <c>2996K</c> or <c>1.50G</c>, in bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Bytes(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return -1;
        if (text[^1] == 'K' && Number(text[..^1]) is var kibibytes and >= 0 and < 1L << 50) return kibibytes << 10;
        return SchedulerText.Bytes(text) ?? -1;
    }

    /// <summary>A time such as <c>00:00.034</c>, <c>01:56:42</c> or <c>1-02:03:04</c>, in milliseconds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Milliseconds(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return -1;
        long days = 0, seconds = 0, part = 0, thousandths = 0;
        for (int at = 0; at < text.Length; at++)
        {
            uint digit = (uint)(text[at] - '0');
            if (digit <= 9)
            {
                part = (part * 10) + digit;
                if (part > 1_000_000_000) return -1;
            }
            else if (text[at] == ':')
            {
                (seconds, part) = ((seconds + part) * 60, 0);
                if (seconds > 1_000_000_000_000) return -1;
            }
            else if (text[at] == '-')
            {
                (days, part) = (part, 0);
            }
            else if (text[at] == '.' && text.Length - at == 4 && Number(text[(at + 1)..]) is var rest and >= 0)
            {
                thousandths = rest;
                break;
            }
            else
            {
                return -1;
            }
        }
        return (((days * 86_400) + seconds + part) * 1000) + thousandths;
    }

    private static short Small(ReadOnlySpan<byte> text) => Number(text) is var number and <= short.MaxValue ? (short)number : (short)-1;

    // Eight digits with three multiplications: pairs, then fours, then all (D. Lemire, "Quickly parsing eight digits", 2018).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryEight(ReadOnlySpan<byte> text, out ulong number)
    {
        ulong digits = BinaryPrimitives.ReadUInt64LittleEndian(text) - 0x3030303030303030;
        number = 0;
        if (((digits | (digits + 0x0606060606060606)) & 0xF0F0F0F0F0F0F0F0) != 0) return false;
        digits = (digits * 10) + (digits >> 8);
        number = (((digits & 0x000000FF000000FF) * 0x000F424000000064) + (((digits >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32;
        return true;
    }
}
