using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace HpcAgent.Kernels.Tests;

public sealed class ExactSumTests
{
    [Fact]
    public void The_sum_of_numbers_of_any_size_is_correctly_rounded()
    {
        Random random = new(1);
        for (int round = 0; round < 600; round++)
        {
            double[] values = Sample.Array(random, random.Next(1, 60), round % Sample.Kinds);
            ExactSum sum = new();
            foreach (double value in values)
                sum.Add(value);
            Sample.SameBits(Exact.Sum(values.Select(Exact.Of)).Nearest(), sum.ToDouble());
        }
    }

    [Fact]
    public void Long_spans_give_the_same_as_single_additions()
    {
        Random random = new(2);
        for (int round = 0; round < 200; round++)
        {
            double[] values = Sample.Array(random, random.Next(1, 9000), round % Sample.Kinds);
            if (round % 3 == 0)
                values[random.Next(values.Length)] = Math.ScaleB(1, random.Next(-300, 300));
            ExactSum whole = new(), single = new();
            whole.Add(values);
            foreach (double value in values)
                single.Add(value);
            AssertSame(single, whole);
        }
    }

    [Fact]
    public void Products_of_two_and_three_are_exact_over_the_whole_range()
    {
        Random random = new(3);
        for (int round = 0; round < 400; round++)
        {
            ExactSum sum = new();
            Exact expected = Exact.Zero;
            for (int i = random.Next(1, 20); i > 0; i--)
            {
                int kind = round % Sample.Kinds;
                double a = Sample.Next(random, kind), b = Sample.Next(random, random.Next(Sample.Kinds)), c = Sample.Next(random, kind);
                sum.AddProduct(a, b);
                sum.AddProduct(a, b, c);
                expected = (expected + (Exact.Of(a) * Exact.Of(b)) + (Exact.Of(a) * Exact.Of(b) * Exact.Of(c))).Reduced();
            }
            Assert.Equal(expected.Reduced(), Value(sum));
            Sample.SameBits(expected.Nearest(), sum.ToDouble());
        }
    }

    [Fact]
    public void The_extremes_of_triple_products_neither_overflow_nor_vanish()
    {
        ExactSum sum = new();
        sum.AddProduct(double.MaxValue, double.MaxValue, double.MaxValue);
        sum.AddProduct(double.Epsilon, double.Epsilon, double.Epsilon);
        Assert.Equal(double.PositiveInfinity, sum.ToDouble());
        sum.AddProduct(-double.MaxValue, double.MaxValue, double.MaxValue);
        Assert.Equal(BigInteger.One, sum.ToBigInteger(out int exponent) >> (-3222 - exponent));
        Assert.Equal(0, sum.ToDouble());
        Assert.False(sum.IsZero);
        sum.AddProduct(double.Epsilon, -double.Epsilon, double.Epsilon);
        Assert.True(sum.IsZero);
    }

    [Fact]
    public void Any_order_and_any_split_give_the_same_value()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<double[]>(), ArbMap.Default.ArbFor<int>(), (values, seed) =>
        {
            double[] finite = [.. values.Where(double.IsFinite)];
            ExactSum ordered = new();
            ordered.Add(finite);
            Random random = new(seed);
            random.Shuffle(finite);
            ExactSum[] parts = [new(), new(), new()];
            foreach (double value in finite)
                parts[random.Next(3)].Add(value);
            parts[2].Merge(parts[0]);
            parts[2].Merge(parts[1]);
            return Value(parts[2]) == Value(ordered) && parts[2].ToDouble().Equals(ordered.ToDouble());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Carries_survive_millions_of_additions_of_one_sign()
    {
        double value = -Math.BitDecrement(2.0);
        ExactSum sum = new();
        for (int i = 0; i < 3_000_000; i++)
            sum.Add(value);
        Assert.Equal((Exact.Of(value) * new Exact(3_000_000, 1)).Reduced(), Value(sum));
    }

    [Fact]
    public void Many_merges_do_not_overflow_a_limb()
    {
        ExactSum part = new();
        for (int i = 0; i < 999; i++)
            part.Add(Math.BitDecrement(1.0) * -4);
        ExactSum total = new();
        for (int i = 0; i < 5000; i++)
            total.Merge(part);
        Assert.Equal((Exact.Of(Math.BitDecrement(1.0)) * new Exact(-4 * 999 * 5000, 1)).Reduced(), Value(total));
        total.Merge(total);
        Assert.Equal((Exact.Of(Math.BitDecrement(1.0)) * new Exact(-8 * 999 * 5000, 1)).Reduced(), Value(total));
    }

    [Fact]
    public void A_sum_that_passes_through_overflow_comes_back()
    {
        ExactSum sum = new();
        sum.Add([double.MaxValue, double.MaxValue, 1, -double.MaxValue]);
        Assert.Equal(double.MaxValue, sum.ToDouble());
        sum.Add(-double.MaxValue);
        Assert.Equal(1, sum.ToDouble());
    }

    [Theory]
    [InlineData(9007199254740992, 1, 9007199254740992)]
    [InlineData(9007199254740994, 1, 9007199254740996)]
    [InlineData(-9007199254740994, -1, -9007199254740996)]
    public void Ties_go_to_even(double a, double b, double expected)
    {
        ExactSum sum = new();
        sum.Add(a);
        sum.Add(b);
        Sample.SameBits(expected, sum.ToDouble());
        sum.Add(Math.CopySign(double.Epsilon, b));
        Sample.SameBits(expected == a ? Math.BitIncrement(a) : expected, sum.ToDouble());
    }

    [Fact]
    public void Half_of_the_smallest_number_is_rounded_to_even()
    {
        ExactSum sum = new();
        sum.AddProduct(double.Epsilon, 0.5);
        Sample.SameBits(0.0, sum.ToDouble());
        sum.AddProduct(double.Epsilon, double.Epsilon);
        Sample.SameBits(double.Epsilon, sum.ToDouble());
        sum.AddProduct(double.Epsilon, 1);
        Sample.SameBits(2 * double.Epsilon, sum.ToDouble());
    }

    [Fact]
    public void The_border_of_overflow_is_where_rounding_puts_it()
    {
        ExactSum sum = new();
        sum.Add(double.MaxValue);
        sum.Add(Math.ScaleB(1, 969));
        Assert.Equal(double.MaxValue, sum.ToDouble());
        sum.Add(Math.ScaleB(1, 969));
        Assert.Equal(double.PositiveInfinity, sum.ToDouble());
        sum.Add(-double.Epsilon);
        Assert.Equal(double.MaxValue, sum.ToDouble());
    }

    [Fact]
    public void Nothing_and_negative_zeros_make_plus_zero()
    {
        ExactSum sum = new();
        Sample.SameBits(0.0, sum.ToDouble());
        sum.Add(Enumerable.Repeat(-0.0, 200).ToArray());
        sum.AddProduct(-0.0, 5);
        Sample.SameBits(0.0, sum.ToDouble());
        Assert.True(sum.IsZero);
        Assert.Equal(BigInteger.Zero, sum.ToBigInteger(out _));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void What_is_not_finite_is_refused(double value)
    {
        ExactSum sum = new();
        double[] block = new double[256];
        block[255] = value;
        Assert.Throws<ArgumentOutOfRangeException>(() => sum.Add(value));
        Assert.Throws<ArgumentOutOfRangeException>(() => sum.Add(block));
        Assert.Throws<ArgumentOutOfRangeException>(() => sum.AddProduct(value, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => sum.AddProduct(1, 0, value));
        Assert.True(sum.IsZero);
    }

    internal static Exact Value(ExactSum sum)
    {
        BigInteger integer = sum.ToBigInteger(out int exponent);
        return (exponent >= 0 ? new Exact(integer << exponent, 1) : new Exact(integer, BigInteger.One << -exponent)).Reduced();
    }

    private static void AssertSame(ExactSum expected, ExactSum actual)
    {
        Assert.Equal(Value(expected), Value(actual));
        Sample.SameBits(expected.ToDouble(), actual.ToDouble());
    }
}
