using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>Quotients of big integers and their square roots, rounded once to the nearest double, ties to even.</summary>
/// <remarks>Nothing that uses integers of 128 bits is compiled ahead of time, so it is compiled well at once.</remarks>
internal static class RoundedRatio
{
    /// <summary>numerator / denominator · 2^exponent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Round(BigInteger numerator, BigInteger denominator, long exponent)
    {
        if (numerator.IsZero)
            return 0;
        bool negative = (numerator.Sign < 0) != (denominator.Sign < 0);
        numerator = BigInteger.Abs(numerator);
        denominator = BigInteger.Abs(denominator);
        // 66 or 67 bits of quotient: more than the significand and its rounding bit.
        int shift = (int)(66 - (numerator.GetBitLength() - denominator.GetBitLength()));
        UInt128 quotient = Divide(numerator, denominator, shift, out bool sticky);
        return Binary64.Compose(negative, quotient, sticky, exponent - shift);
    }

    /// <summary>√(numerator / denominator · 2^exponent), for a ratio that is not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double RoundSquareRoot(BigInteger numerator, BigInteger denominator, long exponent)
    {
        if (numerator.IsZero)
            return 0;
        // A radicand of 124 to 126 bits makes a root of 62 or 63; floor(√floor(r)) = floor(√r), so only "is anything left" remains.
        int shift = (int)(125 - (numerator.GetBitLength() - denominator.GetBitLength()));
        if (((exponent - shift) & 1) != 0)
            shift--;
        UInt128 radicand = Divide(numerator, denominator, shift, out bool sticky);
        ulong root = SquareRoot(radicand);
        sticky |= (UInt128)root * root != radicand;
        return Binary64.Compose(negative: false, (UInt128)root, sticky, (exponent - shift) / 2);
    }

    /// <summary>The integer part of the square root of a number below 2^127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static ulong SquareRoot(UInt128 value)
    {
        if (value == UInt128.Zero)
            return 0;
        UInt128 root = (UInt128)Math.Sqrt((double)value);
        if (root == UInt128.Zero)
            root = UInt128.One;
        root = (root + (value / root)) >> 1;
        while (root * root > value)
            root -= UInt128.One;
        while ((root + UInt128.One) * (root + UInt128.One) <= value)
            root += UInt128.One;
        return (ulong)root;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static UInt128 Divide(BigInteger numerator, BigInteger denominator, int shift, out bool sticky)
    {
        if (shift >= 0)
            numerator <<= shift;
        else
            denominator <<= -shift;
        BigInteger quotient = BigInteger.DivRem(numerator, denominator, out BigInteger rest);
        sticky = !rest.IsZero;
        return (UInt128)quotient;
    }
}
