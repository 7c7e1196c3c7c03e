using System.Numerics;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>An integer times a power of ten: what numbers written down are, and what their sums and products stay.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct ExactDecimal(BigInteger integer, int exponent)
{
    private static readonly BigInteger[] s_tens = Powers(10, 40);
    private static readonly BigInteger[] s_fives = Powers(5, 128);

    private readonly BigInteger _integer = integer;

    /// <summary>0 for zero, whose exponent means nothing and must not lengthen any other number.</summary>
    private readonly int _exponent = integer.IsZero ? 0 : exponent;

    /// <summary>True if both have the same digits and exponent, so that both are the same number.</summary>
    public bool IsWrittenAs(ExactDecimal other) => _exponent == other._exponent && _integer == other._integer;

    public bool IsZero => _integer.IsZero;

    public static ExactDecimal operator *(ExactDecimal left, ExactDecimal right) =>
        new(left._integer * right._integer, left._exponent + right._exponent);

    public static ExactDecimal operator +(ExactDecimal left, ExactDecimal right)
    {
        if (left.IsZero)
            return right;
        if (right.IsZero)
            return left;
        int exponent = Math.Min(left._exponent, right._exponent);
        return new ExactDecimal(left.At(exponent) + right.At(exponent), exponent);
    }

    public static ExactDecimal operator -(ExactDecimal left, ExactDecimal right) =>
        left + new ExactDecimal(-right._integer, right._exponent);

    /// <summary>The quotient, rounded once.</summary>
    public static double Ratio(ExactDecimal numerator, ExactDecimal denominator)
    {
        (BigInteger over, BigInteger under, int exponent) = Fraction(numerator, denominator);
        return RoundedRatio.Round(over, under, exponent);
    }

    /// <summary>The square root of the quotient, rounded once.</summary>
    public static double SquareRootOfRatio(ExactDecimal numerator, ExactDecimal denominator)
    {
        (BigInteger over, BigInteger under, int exponent) = Fraction(numerator, denominator);
        return RoundedRatio.RoundSquareRoot(over, under, exponent);
    }

    /// <summary>The nearest double, ties to even.</summary>
    public double ToDouble()
    {
        BigInteger magnitude = BigInteger.Abs(_integer);
        // The reader's way, if the digits fit.
        if (magnitude <= ulong.MaxValue && DecimalRounding.Round((ulong)magnitude, _exponent) is var rounded and not double.NaN)
            return _integer.Sign < 0 ? -rounded : rounded;
        return Ratio(this, new ExactDecimal(BigInteger.One, 0));
    }

    /// <summary>The quotient as numerator / denominator · 2^exponent.</summary>
    private static (BigInteger Numerator, BigInteger Denominator, int Exponent) Fraction(ExactDecimal left, ExactDecimal right)
    {
        int exponent = left._exponent - right._exponent;
        BigInteger fives = Power(5, Math.Abs(exponent), s_fives);
        return exponent >= 0
            ? (left._integer * fives, right._integer, exponent)
            : (left._integer, right._integer * fives, exponent);
    }

    private BigInteger At(int exponent)
    {
        int power = _exponent - exponent;
        return power == 0 ? _integer : _integer * Power(10, power, s_tens);
    }

    private static BigInteger Power(int number, int power, BigInteger[] known) =>
        power < known.Length ? known[power] : BigInteger.Pow(number, power);

    private static BigInteger[] Powers(int number, int count)
    {
        BigInteger[] powers = new BigInteger[count];
        for (int power = 0; power < count; power++)
            powers[power] = BigInteger.Pow(number, power);
        return powers;
    }
}
