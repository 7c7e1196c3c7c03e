using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace HpcAgent.Kernels;

/// <summary>
/// Reads runs of decimal digits, many at once: sixteen in a vector register where there is one, else eight in the lanes of a word (Lemire,
/// "Number parsing at a gigabyte per second", 2021; Muła, "SIMD-ized parsing of decimal numbers"). How many there are decides no branch:
/// numbers end anywhere, and that would be mispredicted most times.
/// </summary>
internal static class JsonDigits
{
    /// <summary>Any sixteen bytes from here, at n, move the first n bytes of a vector to its end and make the others zero.</summary>
    private static ReadOnlySpan<byte> ToTheEnd =>
    [
        128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
    ];

    private static ReadOnlySpan<ulong> Tens =>
    [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
    ];

    /// <summary>True if there is one digit and then something else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsSingle(ReadOnlySpan<byte> text, int at, ref ulong number)
    {
        if (at + 1 >= text.Length || (uint)text[at] - '0' > 9 || (uint)text[at + 1] - '0' <= 9)
            return false;
        number = (uint)text[at] - '0';
        return true;
    }

    /// <summary>Appends the digits that start at a position to a number, modulo 2^64, and gives the position of what follows them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Read(ReadOnlySpan<byte> text, int at, ref ulong number)
    {
        while (Sse41.IsSupported && at + 16 <= text.Length)
        {
            int count = ReadSixteen(ref Unsafe.Add(ref MemoryMarshal.GetReference(text), at), ref number);
            at += count;
            if (count < 16)
                return at;
        }
        while (at + 8 <= text.Length)
        {
            int count = ReadEight(EightBytes.At(text, at), ref number);
            at += count;
            if (count < 8)
                return at;
        }
        while ((uint)at < (uint)text.Length)
        {
            uint digit = (uint)text[at] - '0';
            if (digit > 9)
                break;
            number = (number * 10) + digit;
            at++;
        }
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadSixteen(ref byte text, ref ulong number)
    {
        Vector128<byte> digits = Vector128.LoadUnsafe(ref text) - Vector128.Create((byte)'0');
        uint isDigit = Vector128.Equals(Vector128.Min(digits, Vector128.Create((byte)9)), digits).ExtractMostSignificantBits();
        int count = BitOperations.TrailingZeroCount(~isDigit);
        digits = Ssse3.Shuffle(digits, Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(ToTheEnd), (uint)count));
        Vector128<short> pairs = Ssse3.MultiplyAddAdjacent(digits, Vector128.Create((short)0x010A).AsSByte());
        Vector128<int> fours = Sse2.MultiplyAddAdjacent(pairs, Vector128.Create(0x00010064).AsInt16());
        Vector128<short> packed = Sse41.PackUnsignedSaturate(fours, fours).AsInt16();
        ulong eights = Sse2.MultiplyAddAdjacent(packed, Vector128.Create(0x00012710).AsInt16()).AsUInt64().ToScalar();
        number = (number * Tens[count]) + ((uint)eights * 100_000_000UL) + (eights >> 32);
        return count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int ReadEight(ulong symbols, ref ulong number)
    {
        ulong lanes = symbols - 0x3030303030303030;
        ulong others = ((symbols + 0x4646464646464646) | lanes) & 0x8080808080808080;
        // 8 if all are digits.
        int count = BitOperations.TrailingZeroCount(others) >> 3;
        // Two shifts, as none of them may be one by 64.
        lanes = count == 8 ? lanes : lanes << (8 * (7 - count)) << 8;
        lanes = (lanes * 10) + (lanes >> 8);
        number = (number * Tens[count]) + (uint)((((lanes & 0x000000FF000000FF) * 0x000F424000000064)
            + (((lanes >> 16) & 0x000000FF000000FF) * 0x0000271000000001)) >> 32);
        return count;
    }
}
