using System.Numerics;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// A number as it was written, digits · 10^exponent, together with the nearest double, which carries the sign. Zero is any number
/// that rounds to zero. More digits than 64 bits hold are in <see cref="LongDigits"/>: a reference here would cost a write barrier
/// for each number that is read.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct DecimalNumber(double rounded, ulong digits, int exponent, bool isLong = false)
{
    /// <summary>The nearest double, ties to even.</summary>
    public double Rounded { get; } = rounded;

    /// <summary>The digits as an integer without sign; of a long number its index in <see cref="LongDigits"/>.</summary>
    public ulong Digits { get; } = digits;

    /// <summary>The power of ten of the last digit.</summary>
    public int Exponent { get; } = exponent;

    public bool IsLong { get; } = isLong;

    /// <summary>The exact value.</summary>
    /// <param name="longDigits">Needed for a long number.</param>
    public ExactDecimal ToExact(LongDigits? longDigits)
    {
        BigInteger magnitude = IsLong ? longDigits![Digits] : Digits;
        return new ExactDecimal(double.IsNegative(Rounded) ? -magnitude : magnitude, Exponent);
    }
}
