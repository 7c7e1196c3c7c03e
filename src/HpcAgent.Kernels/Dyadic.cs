using System.Numerics;

namespace HpcAgent.Kernels;

/// <summary>An integer times a power of two: what exact sums are, and what their products and differences stay.</summary>
internal readonly struct Dyadic(BigInteger integer, long exponent)
{
    private readonly BigInteger _integer = integer;
    private readonly long _exponent = exponent;

    public bool IsZero => _integer.IsZero;

    public static Dyadic From(ExactSum sum)
    {
        BigInteger integer = sum.ToBigInteger(out int exponent);
        return new Dyadic(integer, exponent);
    }

    public static Dyadic operator *(Dyadic left, Dyadic right) =>
        new(left._integer * right._integer, left._exponent + right._exponent);

    public static Dyadic operator +(Dyadic left, Dyadic right)
    {
        if (left.IsZero)
            return right;
        if (right.IsZero)
            return left;
        long exponent = Math.Min(left._exponent, right._exponent);
        return new Dyadic(left.At(exponent) + right.At(exponent), exponent);
    }

    public static Dyadic operator -(Dyadic left, Dyadic right) => left + new Dyadic(-right._integer, right._exponent);

    /// <summary>The quotient, rounded once.</summary>
    public static double Ratio(Dyadic numerator, Dyadic denominator) =>
        RoundedRatio.Round(numerator._integer, denominator._integer, numerator._exponent - denominator._exponent);

    /// <summary>The square root of the quotient, rounded once.</summary>
    public static double SquareRootOfRatio(Dyadic numerator, Dyadic denominator) =>
        RoundedRatio.RoundSquareRoot(numerator._integer, denominator._integer, numerator._exponent - denominator._exponent);

    public double ToDouble() => RoundedRatio.Round(_integer, BigInteger.One, _exponent);

    private BigInteger At(long exponent) => _integer << (int)(_exponent - exponent);
}
