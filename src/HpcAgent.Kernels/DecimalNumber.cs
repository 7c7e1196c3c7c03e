using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// A number as it was written, digits · 10^exponent with a sign. Zero is any number that rounds to zero. More digits than 64 bits hold are
/// in <see cref="LongDigits"/>: a reference here would cost a write barrier for each number that is read.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct DecimalNumber
{
    /// <summary>The nearest double; of a plain number NaN with its sign, as few are ever asked for theirs.</summary>
    private readonly double _rounded;

    /// <summary>Creates a number.</summary>
    /// <param name="rounded">The nearest double, ties to even.</param>
    /// <param name="digits">The digits.</param>
    /// <param name="exponent">The power of ten of the last digit.</param>
    /// <param name="isLong">True if the digits are an index in <see cref="LongDigits"/>.</param>
    public DecimalNumber(double rounded, ulong digits, int exponent, bool isLong = false)
    {
        _rounded = rounded;
        Digits = digits;
        Exponent = exponent;
        IsLong = isLong;
    }

    /// <summary>Creates a number of up to 19 digits, not all of them 0, of which up to 19 are decimals.</summary>
    /// <param name="isNegative">True if it has a minus.</param>
    /// <param name="digits">The digits as an integer.</param>
    /// <param name="exponent">The power of ten of the last one, -19 to 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public DecimalNumber(bool isNegative, ulong digits, int exponent)
    {
        _rounded = BitConverter.UInt64BitsToDouble(isNegative ? 0xFFF8000000000000 : 0x7FF8000000000000);
        Digits = digits;
        Exponent = exponent;
    }

    /// <summary>The nearest double, ties to even.</summary>
    public double Rounded => double.IsNaN(_rounded) ? Math.CopySign(DecimalRounding.Round(Digits, Exponent), _rounded) : _rounded;

    /// <summary>A double that differs from the number by less than one part in 2^51.</summary>
    public double Near
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => double.IsNaN(_rounded) ? Math.CopySign(Digits * Tenths[-Exponent], _rounded) : _rounded;
    }

    /// <summary>True if it is beyond the range of doubles.</summary>
    public bool IsInfinite
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => double.IsInfinity(_rounded);
    }

    /// <summary>All ones if it has a minus, else 0.</summary>
    public ulong Sign
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (ulong)(BitConverter.DoubleToInt64Bits(_rounded) >> 63);
    }

    /// <summary>The digits as an integer without sign; of a long number its index in <see cref="LongDigits"/>.</summary>
    public ulong Digits { get; }

    /// <summary>The power of ten of the last digit.</summary>
    public int Exponent { get; }

    public bool IsLong { get; }

    private static ReadOnlySpan<double> Tenths =>
        [1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15, 1e-16, 1e-17, 1e-18, 1e-19];

    /// <summary>The exact value.</summary>
    /// <param name="longDigits">Needed for a long number.</param>
    public ExactDecimal ToExact(LongDigits? longDigits)
    {
        BigInteger magnitude = IsLong ? longDigits![Digits] : Digits;
        return new ExactDecimal(Sign != 0 ? -magnitude : magnitude, Exponent);
    }
}
