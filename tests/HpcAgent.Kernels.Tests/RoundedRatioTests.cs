using System.Numerics;

namespace HpcAgent.Kernels.Tests;

public sealed class RoundedRatioTests
{
    [Fact]
    public void Quotients_and_roots_are_rounded_once_over_the_whole_range()
    {
        Random random = new(4);
        for (int i = 0; i < 1500; i++)
        {
            BigInteger numerator = Big(random), denominator = Big(random) + 1;
            int exponent = random.Next(-1300, 1300);
            Exact value = Scale(new Exact(numerator, denominator), exponent);
            Sample.SameBits(value.Nearest(), RoundedRatio.Round(numerator, denominator, exponent));
            Sample.SameBits(-value.Nearest() + 0.0, RoundedRatio.Round(-numerator, denominator, exponent) + 0.0);
            exponent *= 2;
            value = Scale(new Exact(numerator, denominator), exponent);
            Sample.SameBits(value.NearestRoot(), RoundedRatio.RoundSquareRoot(numerator, denominator, exponent));
        }
    }

    [Fact]
    public void Ties_and_perfect_squares_are_hit_exactly()
    {
        BigInteger odd = (BigInteger.One << 54) + 1;
        Sample.SameBits(Math.ScaleB(1, 54), RoundedRatio.Round(odd + 1, BigInteger.One, 0));
        Sample.SameBits(Math.ScaleB(1, 54) + 8, RoundedRatio.Round(odd + 5, BigInteger.One, 0));
        Sample.SameBits(3e100, RoundedRatio.RoundSquareRoot(new BigInteger(3e100) * new BigInteger(3e100), BigInteger.One, 0));
        // The root of (2^53 + 1)² lies half way between two doubles.
        BigInteger half = (BigInteger.One << 53) + 1;
        Sample.SameBits(Math.ScaleB(1, 53), RoundedRatio.RoundSquareRoot(half * half, BigInteger.One, 0));
        Sample.SameBits(Math.ScaleB(1, 53) + 2, RoundedRatio.RoundSquareRoot((half * half) + 1, BigInteger.One, 0));
        Sample.SameBits(Math.ScaleB(1, 53), RoundedRatio.RoundSquareRoot((half * half) - 1, BigInteger.One, 0));
    }

    [Fact]
    public void Integer_roots_are_exact()
    {
        Random random = new(5);
        for (int i = 0; i < 2000; i++)
        {
            UInt128 root = (UInt128)random.NextInt64(0, long.MaxValue) >> random.Next(0, 62);
            Assert.Equal((ulong)root, RoundedRatio.SquareRoot(root * root));
            if (root > 1)
                Assert.Equal((ulong)root - 1, RoundedRatio.SquareRoot((root * root) - 1));
            Assert.Equal((ulong)root, RoundedRatio.SquareRoot((root * root) + root));
        }
    }

    private static BigInteger Big(Random random)
    {
        byte[] bytes = new byte[random.Next(1, 60)];
        random.NextBytes(bytes);
        return new BigInteger(bytes, isUnsigned: true);
    }

    private static Exact Scale(Exact value, int exponent) => exponent >= 0
        ? new(value.Numerator << exponent, value.Denominator)
        : new(value.Numerator, value.Denominator << -exponent);
}
