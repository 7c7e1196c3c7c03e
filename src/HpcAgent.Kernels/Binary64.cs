using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>Takes doubles apart and puts them together again with one correct rounding.</summary>
internal static class Binary64
{
    /// <summary>The power of two of the last place of a subnormal number.</summary>
    public const int LowestExponent = -1074;

    private const long FractionMask = (1L << 52) - 1;

    /// <summary>Gives a finite number as significand · 2^(exponent − 1075), with exponent at least 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Significand(double value, out int exponent)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        long fraction = bits & FractionMask;
        exponent = (int)(bits >>> 52) & 0x7FF;
        if ((uint)(exponent - 1) < 0x7FE)
            return fraction | (1L << 52);
        return exponent == 0 ? Subnormal(fraction, out exponent) : NotFinite(value);
    }

    /// <summary>
    /// Rounds ±(significand + δ) · 2^exponent to the nearest double, ties to even; 0 &lt; δ &lt; 1 if <paramref name="sticky"/>, else 0.
    /// The highest bit of the significand is set.
    /// </summary>
    public static double Compose(bool negative, ulong significand, bool sticky, long exponent)
    {
        long top = exponent + 63;
        if (top > 1023)
            return negative ? double.NegativeInfinity : double.PositiveInfinity;
        int dropped = top >= -1022 ? 11 : (int)Math.Min(11 + (-1022 - top), 65);
        ulong bits = RoundOff(significand, sticky, dropped);
        if (top >= -1022)
            bits += (ulong)(top + 1022) << 52;
        double magnitude = BitConverter.UInt64BitsToDouble(bits);
        return negative ? -magnitude : magnitude;
    }

    /// <summary>Rounds ±value · 2^exponent, with whatever lies below given as sticky.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Compose(bool negative, UInt128 value, bool sticky, long exponent)
    {
        if (value == UInt128.Zero)
            return 0;
        int shift = 64 - (int)UInt128.LeadingZeroCount(value);
        if (shift <= 0)
            return Compose(negative, (ulong)(value << -shift), sticky, exponent + shift);
        ulong significand = (ulong)(value >> shift);
        bool lost = (value & ((UInt128.One << shift) - UInt128.One)) != UInt128.Zero;
        return Compose(negative, significand, sticky || lost, exponent + shift);
    }

    private static long Subnormal(long fraction, out int exponent)
    {
        exponent = 1;
        return fraction;
    }

    private static long NotFinite(double value) =>
        throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers can be summed.");

    private static ulong RoundOff(ulong significand, bool sticky, int dropped)
    {
        if (dropped > 64)
            return 0;
        ulong kept = dropped == 64 ? 0 : significand >> dropped;
        ulong half = 1UL << (dropped - 1);
        ulong rest = dropped == 64 ? significand : significand & ((half << 1) - 1);
        bool up = rest > half || (rest == half && (sticky || (kept & 1) != 0));
        return up ? kept + 1 : kept;
    }
}
