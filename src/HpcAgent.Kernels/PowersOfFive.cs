using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// The highest 128 bits of 5^q, cut off for q ≥ 0, rounded up for q &lt; 0, as the algorithm of Eisel and Lemire wants them.
/// Entries are computed when first asked for: a program meets few of the 651.
/// </summary>
internal static class PowersOfFive
{
    public const int Lowest = -342;
    public const int Highest = 308;

    private static readonly ulong[] s_high = new ulong[Highest - Lowest + 1];
    private static readonly ulong[] s_low = new ulong[Highest - Lowest + 1];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get(int power, out ulong low)
    {
        int index = power - Lowest;
        // The highest bit of an entry is set, so zero means not yet there; the low half is written first.
        ulong high = Volatile.Read(ref s_high[index]);
        low = s_low[index];
        return high != 0 ? high : Compute(power, out low);
    }

    private static ulong Compute(int power, out ulong low)
    {
        BigInteger five = BigInteger.Pow(5, Math.Abs(power));
        int length = (int)five.GetBitLength();
        if (power < 0)
        {
            // 5^-q is a power of two only for q = 0, so its length is ⌈log2⌉.
            int shift = power >= -27 ? length + 127 : (2 * length) + 128;
            five = (BigInteger.One << shift) / five + BigInteger.One;
            length = (int)five.GetBitLength();
        }
        UInt128 entry = (UInt128)(length > 128 ? five >> (length - 128) : five << (128 - length));
        low = (ulong)entry;
        s_low[power - Lowest] = low;
        Volatile.Write(ref s_high[power - Lowest], (ulong)(entry >> 64));
        return (ulong)(entry >> 64);
    }
}
