using System.Numerics;

namespace HpcAgent.Kernels.Tests;

/// <summary>The oracle: a fraction of big integers, with rounding by comparison of neighbours and nothing shared with the code under test.</summary>
internal readonly record struct Exact(BigInteger Numerator, BigInteger Denominator)
{
    public static readonly Exact Zero = new(0, 1);

    public static Exact Of(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int exponent = (int)((bits >> 52) & 0x7FF);
        BigInteger fraction = bits & 0xFFFFFFFFFFFFFL;
        if (exponent > 0)
            fraction += BigInteger.One << 52;
        int power = Math.Max(exponent, 1) - 1075;
        if (bits < 0)
            fraction = -fraction;
        return power >= 0 ? new(fraction << power, 1) : new(fraction, BigInteger.One << -power);
    }

    public static Exact operator +(Exact a, Exact b) => a.Denominator == b.Denominator
        ? new(a.Numerator + b.Numerator, a.Denominator)
        : new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Exact operator -(Exact a, Exact b) => a + new Exact(-b.Numerator, b.Denominator);

    public static Exact operator *(Exact a, Exact b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Exact operator /(Exact a, Exact b) => b.Numerator.Sign < 0
        ? new(-a.Numerator * b.Denominator, -a.Denominator * b.Numerator)
        : new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public static bool operator <(Exact a, Exact b) => a.Numerator * b.Denominator < b.Numerator * a.Denominator;

    public static bool operator >(Exact a, Exact b) => b < a;

    /// <summary>The nearest double, found by bisection over the bit patterns; ties to even.</summary>
    public double Nearest() => Nearest(static (self, candidate) => Compare(self, candidate));

    /// <summary>The double nearest to the square root, by comparison of squares.</summary>
    public double NearestRoot() => Nearest(static (self, candidate) => Compare(self, candidate * candidate));

    public static Exact Sum(IEnumerable<Exact> terms)
    {
        Exact total = Zero;
        foreach (Exact term in terms)
            total = (total + term).Reduced();
        return total;
    }

    public Exact Reduced()
    {
        BigInteger divisor = BigInteger.GreatestCommonDivisor(Numerator, Denominator);
        return new(Numerator / divisor, Denominator / divisor);
    }

    private static int Compare(Exact a, Exact b) => (a.Numerator * b.Denominator).CompareTo(b.Numerator * a.Denominator);

    private double Nearest(Func<Exact, Exact, int> compare)
    {
        if (Numerator.IsZero)
            return 0;
        if (Numerator.Sign < 0)
            return -new Exact(-Numerator, Denominator).Nearest(compare);
        long low = 0, high = BitConverter.DoubleToInt64Bits(double.MaxValue) + 1;
        while (high - low > 1)
        {
            long middle = low + ((high - low) / 2);
            if (compare(this, Of(BitConverter.Int64BitsToDouble(middle))) >= 0)
                low = middle;
            else
                high = middle;
        }
        Exact below = Of(BitConverter.Int64BitsToDouble(low));
        Exact above = high > BitConverter.DoubleToInt64Bits(double.MaxValue) ? new(BigInteger.One << 1024, 1)
            : Of(BitConverter.Int64BitsToDouble(high));
        int side = compare(this, (below + above) * new Exact(1, 2));
        bool up = side > 0 || (side == 0 && (high & 1) == 0);
        return BitConverter.Int64BitsToDouble(up ? high : low);
    }
}
