using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Turns digits · 10^power into the nearest double: Clinger's exact case, else Lemire, "Number parsing at a gigabyte per second", 2021.
/// </summary>
internal static class DecimalRounding
{
    // Constants of the program, which need no initialization.
    private static ReadOnlySpan<double> Tens =>
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>The nearest double, infinite beyond the range; NaN for one of the few numbers that the method cannot decide.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Round(ulong digits, long power)
    {
        // Up to 2^53 would be exact too, but that numbers written in full are now below and now above it costs more than it saves.
        if (digits > uint.MaxValue || power is < -22 or > 22)
            return Multiply(digits, power);
        return power < 0 ? digits / Tens[(int)-power] : digits * Tens[(int)power];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Multiply(ulong digits, long longPower)
    {
        if (digits == 0 || longPower < PowersOfFive.Lowest)
            return 0;
        if (longPower > PowersOfFive.Highest)
            return double.PositiveInfinity;
        int power = (int)longPower;
        int zeros = BitOperations.LeadingZeroCount(digits);
        digits <<= zeros;
        ulong tenHigh = PowersOfFive.Get(power, out ulong tenLow);
        ulong high = Math.BigMul(digits, tenHigh, out ulong low);
        if ((high & 0x1FF) == 0x1FF)
        {
            ulong carry = Math.BigMul(digits, tenLow, out _);
            low += carry;
            if (low < carry)
                high++;
        }
        if (low == ulong.MaxValue && power is < -27 or > 55)
            return double.NaN;
        int upper = (int)(high >> 63);
        ulong significand = high >> (upper + 9);
        // ⌊power · log2(10)⌋ + 63, exact in this range.
        int exponent = (((152170 + 65536) * power) >> 16) + 63 + upper - zeros + 1023;
        if (exponent <= 0)
            return double.NaN;
        // Half way between two doubles: only possible for these powers, and only if nothing was cut off.
        if (low <= 1 && power is >= -4 and <= 23 && (significand & 3) == 1 && significand << (upper + 9) == high)
            significand &= ~1UL;
        significand = (significand + (significand & 1)) >> 1;
        if (significand >= 2UL << 52)
        {
            significand = 1UL << 52;
            exponent++;
        }
        return exponent >= 0x7FF
            ? double.PositiveInfinity
            : BitConverter.UInt64BitsToDouble((significand & ~(1UL << 52)) | ((ulong)exponent << 52));
    }
}
