namespace HpcAgent.Kernels.Tests;

public sealed class QuantilesTests
{
    [Fact]
    public void Selection_agrees_with_a_full_sort()
    {
        Random random = new(8);
        for (int round = 0; round < 800; round++)
        {
            double[] values = Sample.Array(random, random.Next(1, 400), round % Sample.Kinds);
            if (round % 5 == 0)
                values = [.. values.Select(v => values[random.Next(Math.Min(3, values.Length))])];
            double[] probabilities = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.NextDouble()), 0, 1, 0.5];
            double[] sorted = [.. values];
            Array.Sort(sorted, CompareTotal);
            double[] actual = Quantiles.Select([.. values], probabilities);
            for (int i = 0; i < probabilities.Length; i++)
                Sample.SameBits(Oracle(sorted, probabilities[i]), actual[i]);
        }
    }

    [Fact]
    public void Adverse_orders_end_and_are_right()
    {
        double[] organPipe = [.. Enumerable.Range(0, 5000).Select(i => (double)Math.Min(i, 5000 - i))];
        double[] equal = new double[5000];
        double[] ascending = [.. Enumerable.Range(0, 5001).Select(i => (double)i)];
        Assert.Equal(1250, Quantiles.Select(organPipe, [0.5])[0]);
        Assert.Equal(0, Quantiles.Select(equal, [0.3])[0]);
        Assert.Equal([250, 2500, 4750], Quantiles.Select(ascending, [0.05, 0.5, 0.95]));
    }

    [Fact]
    public void One_and_two_values_are_enough()
    {
        Assert.Equal([7, 7, 7], Quantiles.Select([7.0], [0, 0.5, 1]));
        Assert.Equal([1, 1.5, 2, 1.25], Quantiles.Select([2.0, 1.0], [0, 0.5, 1, 0.25]));
    }

    [Fact]
    public void The_figures_of_R_are_met()
    {
        // quantile(c(3,1,4,1,5,9,2,6,5,3), c(.1,.25,.5,.75,.9), type = 7)
        double[] values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
        Assert.Equal([1, 2.25, 3.5, 5, 6.3], Quantiles.Select(values, [0.1, 0.25, 0.5, 0.75, 0.9]).Select(x => Math.Round(x, 12)));
    }

    [Fact]
    public void Interpolation_between_the_extremes_does_not_overflow()
    {
        Sample.SameBits(0.0, Quantiles.Select([double.MaxValue, -double.MaxValue], [0.5])[0]);
        Sample.SameBits(-double.MaxValue / 2, Quantiles.Select([double.MaxValue, -double.MaxValue], [0.25])[0]);
    }

    [Fact]
    public void Negative_zero_sorts_before_zero_whatever_the_order()
    {
        Sample.SameBits(-0.0, Quantiles.Select([0.0, -0.0, 0.0], [0])[0]);
        Sample.SameBits(0.0, Quantiles.Select([-0.0, 0.0, 0.0], [0.5])[0]);
        Sample.SameBits(-0.0, Quantiles.Select([-0.0, -0.0], [0.3])[0]);
    }

    [Fact]
    public void Nothing_and_nonsense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Quantiles.Select([], [0.5]));
        Assert.Throws<ArgumentException>(() => Quantiles.Select([1.0], [1.5]));
        Assert.Throws<ArgumentException>(() => Quantiles.Select([1.0], [double.NaN]));
        Assert.Throws<ArgumentException>(() => Quantiles.Select([1.0, double.NaN], [0.5]));
    }

    private static int CompareTotal(double a, double b) =>
        a == 0 && b == 0 ? double.IsNegative(b).CompareTo(double.IsNegative(a)) : a.CompareTo(b);

    private static double Oracle(double[] sorted, double probability)
    {
        double position = (sorted.Length - 1) * probability;
        int rank = (int)Math.Floor(position);
        double fraction = position - rank;
        if (fraction == 0 || BitConverter.DoubleToInt64Bits(sorted[rank]) == BitConverter.DoubleToInt64Bits(sorted[rank + 1]))
            return sorted[rank];
        Exact a = Exact.Of(sorted[rank]), b = Exact.Of(sorted[rank + 1]);
        return (a + (Exact.Of(fraction) * (b - a))).Nearest();
    }
}
