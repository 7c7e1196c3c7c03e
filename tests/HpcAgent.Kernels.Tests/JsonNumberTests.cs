using System.Globalization;
using System.Numerics;
using System.Text;

namespace HpcAgent.Kernels.Tests;

public sealed class JsonNumberTests
{
    [Fact]
    public void Shortest_and_long_forms_of_random_doubles_come_back_bit_for_bit()
    {
        Random random = new(9);
        for (int i = 0; i < 300_000; i++)
        {
            double value = Sample.Next(random, i % Sample.Kinds);
            string shortest = value.ToString("R", CultureInfo.InvariantCulture);
            // Not the value itself: the platform's "R" of some powers of two, such as 2^-958, is that of the double below.
            Sample.SameBits(double.Parse(shortest, CultureInfo.InvariantCulture), Read(shortest));
            if (i % 10 == 0)
                Sample.SameBits(value, Read(value.ToString("E" + random.Next(17, 40), CultureInfo.InvariantCulture)));
        }
    }

    [Fact]
    public void Random_digits_and_exponents_agree_with_the_platform()
    {
        Random random = new(10);
        for (int i = 0; i < 300_000; i++)
        {
            StringBuilder text = new();
            text.Append(random.Next(2) == 0 ? "-" : "").Append(random.Next(4) == 0 ? "0" : random.NextInt64(1, 1L << random.Next(1, 63)));
            if (random.Next(3) > 0)
            {
                text.Append('.').Append('0', random.Next(3) == 0 ? random.Next(12) : 0);
                for (int d = random.Next(1, 22); d > 0; d--)
                    text.Append((char)('0' + random.Next(10)));
            }
            if (random.Next(2) == 0)
                text.Append("eE"[random.Next(2)]).Append(random.Next(3) switch { 0 => "+", 1 => "-", _ => "" }).Append(random.Next(345));
            Sample.SameBits(double.Parse(text.ToString(), CultureInfo.InvariantCulture), Read(text.ToString()));
        }
    }

    [Fact]
    public void Numbers_half_way_between_two_doubles_go_to_even()
    {
        Random random = new(11);
        for (int i = 0; i < 3000; i++)
        {
            double value = Math.Abs(Sample.Next(random, i % 2 == 0 ? 2 : 0));
            double next = Math.BitIncrement(value);
            if (value == 0 || double.IsInfinity(next))
                continue;
            Exact middle = ((Exact.Of(value) + Exact.Of(next)) * new Exact(1, 2)).Reduced();
            // Denominators are powers of two: as many decimals as bits write the number out in full.
            int decimals = (int)middle.Denominator.GetBitLength() - 1;
            BigInteger digits = middle.Numerator * BigInteger.Pow(5, decimals);
            bool even = (BitConverter.DoubleToInt64Bits(value) & 1) == 0;
            Sample.SameBits(even ? value : next, Read($"{digits}e-{decimals}"));
            Sample.SameBits(value, Read($"{digits - 1}e-{decimals}"));
            Sample.SameBits(next, Read($"{digits + 1}e-{decimals}"));
        }
    }

    [Theory]
    [InlineData("0", 0.0)]
    [InlineData("-0", -0.0)]
    [InlineData("-0.0e5", -0.0)]
    [InlineData("0e999999999999", 0.0)]
    [InlineData("1e400", double.PositiveInfinity)]
    [InlineData("-1e400", double.NegativeInfinity)]
    [InlineData("1e-400", 0.0)]
    [InlineData("-1e-99999999999", -0.0)]
    [InlineData("1e99999999999", double.PositiveInfinity)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("1.7976931348623158e308", double.MaxValue)]
    [InlineData("1.7976931348623159e308", double.PositiveInfinity)]
    [InlineData("2.4703282292062327e-324", 0.0)]
    [InlineData("2.4703282292062328e-324", double.Epsilon)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    [InlineData("2.2250738585072012e-308", 2.2250738585072014e-308)]
    [InlineData("9007199254740993", 9007199254740992.0)]
    [InlineData("9007199254740993.00000000000000000000000001", 9007199254740994.0)]
    [InlineData("0.000000000000000000000000000000001234567890123456789", 1.234567890123456789e-33)]
    [InlineData("18446744073709551616", 18446744073709551616.0)]
    [InlineData("123456789012345678901234567890", 123456789012345678901234567890.0)]
    public void Hard_cases_are_right(string text, double expected) => Sample.SameBits(expected, Read(text));

    [Fact]
    public void A_number_of_many_zeros_does_not_overflow_the_count()
    {
        Sample.SameBits(1e-10, Read("0." + new string('0', 5000) + "1e4991"));
        Sample.SameBits(1e10, Read("1" + new string('0', 5000) + "e-4990"));
    }

    [Theory]
    [InlineData("-", 1)]
    [InlineData("01", 1)]
    [InlineData("-01", 2)]
    [InlineData("1.", 2)]
    [InlineData("1.e5", 2)]
    [InlineData("-.5", 1)]
    [InlineData("1e", 2)]
    [InlineData("1e+", 3)]
    [InlineData("1.5E-x", 5)]
    public void Forms_that_JSON_forbids_are_refused_at_their_place(string text, int expected)
    {
        int position = 0;
        Assert.False(JsonNumber.TryRead(Encoding.ASCII.GetBytes(text), ref position, new LongDigits(), out _));
        Assert.Equal(expected, position);
    }

    [Fact]
    public void Every_power_of_ten_is_right()
    {
        for (int power = -330; power <= 310; power++)
        {
            foreach (string digits in new[] { "1", "9", "1234567890123456789", "9999999999999999999", "17976931348623157" })
                Sample.SameBits(double.Parse($"{digits}e{power}", CultureInfo.InvariantCulture), Read($"{digits}e{power}"));
        }
    }

    private static double Read(string text)
    {
        int position = 0;
        byte[] bytes = Encoding.ASCII.GetBytes(text + ",");
        Assert.True(JsonNumber.TryRead(bytes, ref position, new LongDigits(), out DecimalNumber value), text);
        Assert.Equal(bytes.Length - 1, position);
        return value.Rounded;
    }
}
