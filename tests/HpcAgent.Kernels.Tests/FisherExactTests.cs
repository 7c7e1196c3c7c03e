using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace HpcAgent.Kernels.Tests;

public sealed class FisherExactTests
{
    private static readonly Arbitrary<int[]> s_tables = Arb.From(Gen.Choose(0, 40).ArrayOf(4));

    [Fact]
    public void The_tail_is_that_of_exact_rationals() => Prop.ForAll(s_tables, t =>
    {
        double expected = Exact(t[0], t[1], t[2], t[3]);
        double found = FisherExact.UpperTail(t[0], t[1], t[2], t[3]);
        Assert.True(Math.Abs(found - expected) <= 1e-11 * expected, $"[{string.Join(' ', t)}]: {found} instead of {expected}");
    }).QuickCheckThrowOnFailure();

    // Beyond the table of factorials, and far out in the tail.
    [Theory]
    [InlineData(300, 5, 20, 600)]
    [InlineData(20, 0, 0, 60)]
    [InlineData(900, 100, 900, 100)]
    [InlineData(1, 999, 999, 1)]
    [InlineData(500, 0, 0, 2500)]
    [InlineData(30, 70, 2970, 6930)]
    public void Large_tables_are_those_of_exact_rationals_too(int both, int groupOnly, int featureOnly, int neither)
    {
        double expected = Exact(both, groupOnly, featureOnly, neither);
        Assert.Equal(1, expected == 0 ? 1 : FisherExact.UpperTail(both, groupOnly, featureOnly, neither) / expected, 1e-9);
    }

    [Fact]
    public void The_two_tails_overlap_in_one_table_only() => Prop.ForAll(s_tables, t =>
    {
        // P(X >= a) + P(X <= a - 1) = 1, the second by turning the columns around.
        if (t[0] == 0) return;
        double upper = FisherExact.UpperTail(t[0], t[1], t[2], t[3]);
        double lower = FisherExact.UpperTail(t[1] + 1, t[0] - 1, t[3] - 1 < 0 ? 0 : t[3] - 1, t[2] + 1);
        if (t[3] > 0) Assert.Equal(1, upper + lower, 1e-10);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_million_tasks_are_no_trouble()
    {
        Assert.Equal(0, FisherExact.UpperTail(10_000, 0, 0, 990_000));
        Assert.InRange(FisherExact.UpperTail(1_000, 9_000, 99_000, 891_000), 0.4, 0.6);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 5, 5, 5)]
    [InlineData(5, 0, 5, 0)]
    [InlineData(3, 0, 0, 0)]
    public void A_table_that_could_not_hold_less_says_nothing(int both, int groupOnly, int featureOnly, int neither) =>
        Assert.Equal(1, FisherExact.UpperTail(both, groupOnly, featureOnly, neither));

    [Fact]
    public void A_negative_count_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => FisherExact.UpperTail(1, -1, 1, 1));

    // All tables with the same margins, counted.
    private static double Exact(int both, int groupOnly, int featureOnly, int neither)
    {
        int group = both + groupOnly;
        int others = featureOnly + neither;
        int feature = both + featureOnly;
        BigInteger sum = 0;
        for (int x = both; x <= Math.Min(group, feature); x++) sum += Choose(group, x) * Choose(others, feature - x);
        BigInteger all = Choose(group + others, feature);
        // 60 digits behind the point of a double's range: shift, so that the quotient keeps its digits.
        int shift = (int)Math.Max(0, all.GetBitLength() - sum.GetBitLength() + 80);
        return sum.IsZero ? 0 : Math.ScaleB((double)((sum << shift) / all), -shift);
    }

    private static BigInteger Choose(int n, int k)
    {
        if (k < 0 || k > n) return 0;
        BigInteger result = 1;
        for (int i = 1; i <= k; i++) result = result * (n - k + i) / i;
        return result;
    }
}
