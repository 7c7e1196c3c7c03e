using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("0", "-0.0e5", 0)]
    [InlineData("1", "10e-1", 0)]
    [InlineData("1", "0.001E+3", 0)]
    [InlineData("2", "10", -1)]
    [InlineData("-2", "-10", 1)]
    [InlineData("-1", "0", -1)]
    [InlineData("0", "1e-400", -1)]
    [InlineData("0.1", "0.10000000000000000000000001", -1)]
    [InlineData("9007199254740992", "9007199254740993", -1)]
    [InlineData("1e99999999999999999999", "-1e99999999999999999999", 1)]
    public void Numbers_compare_by_value(string left, string right, int order)
    {
        Assert.Equal(order, Math.Sign(DecimalText.Parse(left).CompareTo(DecimalText.Parse(right))));
        Assert.Equal(-order, Math.Sign(DecimalText.Parse(right).CompareTo(DecimalText.Parse(left))));
        Assert.Equal(order == 0, DecimalText.Parse(left).ToString() == DecimalText.Parse(right).ToString());
    }

    [Fact]
    public void Random_decimals_compare_as_exact_arithmetic_does()
    {
        var numbers = Gen.Choose(-2000, 2000).Zip(Gen.Choose(-6, 6)).Two().ToArbitrary();
        Prop.ForAll(numbers, pair =>
        {
            var ((a, ea), (b, eb)) = (pair.Item1, pair.Item2);
            var exact = (a * BigInteger.Pow(10, ea + 6)).CompareTo(b * BigInteger.Pow(10, eb + 6));
            var (left, right) = (DecimalText.Parse($"{a}e{ea}"), DecimalText.Parse($"{b}e{eb}"));
            return Math.Sign(left.CompareTo(right)) == exact
                && (left.ToString() == right.ToString()) == (exact == 0)
                && left.IsInteger == ((a * BigInteger.Pow(10, ea + 6)) % 1_000_000 == 0);
        }).QuickCheckThrowOnFailure();
    }
}
