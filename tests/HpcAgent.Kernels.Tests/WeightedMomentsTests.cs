namespace HpcAgent.Kernels.Tests;

public sealed class WeightedMomentsTests
{
    [Fact]
    public void Every_statistic_is_the_rounded_exact_value()
    {
        Random random = new(6);
        for (int round = 0; round < 240; round++)
        {
            int kind = round % Sample.Kinds;
            bool weighted = round % 3 == 0;
            double[] values = Sample.Array(random, random.Next(1, 12), kind);
            double[] weights = [.. values.Select(_ => weighted ? Weight(random) : 1)];
            WeightedMoments moments = new();
            for (int i = 0; i < values.Length; i++)
                moments.Add(values[i], weights[i]);
            Check(values, weights, moments.ToMoments());
        }
    }

    [Fact]
    public void Order_and_split_change_no_bit()
    {
        Random random = new(7);
        for (int round = 0; round < 300; round++)
        {
            double[] values = Sample.Array(random, random.Next(1, 40), round % Sample.Kinds);
            double[] weights = [.. values.Select(_ => round % 2 == 0 ? 1 : Weight(random))];
            WeightedMoments ordered = new();
            for (int i = 0; i < values.Length; i++)
                ordered.Add(values[i], weights[i]);
            int[] order = [.. Enumerable.Range(0, values.Length)];
            random.Shuffle(order);
            WeightedMoments[] parts = [new(), new(), new(), new()];
            foreach (int i in order)
                parts[random.Next(4)].Add(values[i], weights[i]);
            foreach (WeightedMoments part in parts[1..])
                parts[0].Merge(part);
            Assert.Equal(ordered.ToMoments(), parts[0].ToMoments());
        }
    }

    [Fact]
    public void No_value_has_no_statistics()
    {
        Moments moments = new WeightedMoments().ToMoments();
        Assert.Equal(new Moments { Count = 0, Weight = 0, Sum = 0 }, moments);
    }

    [Fact]
    public void One_value_has_a_mean_and_no_variance()
    {
        WeightedMoments moments = new();
        moments.Add(-2.5);
        Assert.Equal(new Moments { Count = 1, Weight = 1, Sum = -2.5, Mean = -2.5, Min = -2.5, Max = -2.5 }, moments.ToMoments());
    }

    [Fact]
    public void Weight_zero_counts_but_adds_nothing()
    {
        WeightedMoments moments = new();
        moments.Add(5, 0);
        moments.Add(-7, 0);
        Assert.Equal(new Moments { Count = 2, Weight = 0, Sum = 0, Min = -7, Max = 5 }, moments.ToMoments());
        moments.Add(3, 2);
        Assert.Equal(new Moments { Count = 3, Weight = 2, Sum = 6, Mean = 3, Min = -7, Max = 5 }, moments.ToMoments());
    }

    [Fact]
    public void Equal_weights_give_the_variance_of_unit_weights()
    {
        WeightedMoments unit = new(), tripled = new();
        foreach (double value in new[] { 1.1, 2.7, -3.3, 8 })
        {
            unit.Add(value);
            tripled.Add(value, 3);
        }
        Assert.Equal(unit.ToMoments().Variance, tripled.ToMoments().Variance);
        Assert.Equal(unit.ToMoments().StandardError, tripled.ToMoments().StandardError);
        Assert.Equal(12, tripled.ToMoments().Weight);
    }

    [Fact]
    public void Equal_values_have_a_variance_of_exactly_zero()
    {
        WeightedMoments moments = new();
        for (int i = 0; i < 1000; i++)
            moments.Add(0.1);
        Moments result = moments.ToMoments();
        Sample.SameBits(0.1, result.Mean!.Value);
        Sample.SameBits(0, result.Variance!.Value);
        Sample.SameBits(0, result.StandardError!.Value);
    }

    [Fact]
    public void The_variance_may_overflow_while_the_deviation_does_not()
    {
        WeightedMoments moments = new();
        moments.Add(1e300);
        moments.Add(-1e300);
        Moments result = moments.ToMoments();
        Assert.Equal(double.PositiveInfinity, result.Variance);
        Assert.Equal(Math.Sqrt(2) * 1e300, result.StandardDeviation!.Value, 1e286);
        Assert.Equal(0, result.Mean);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(double.PositiveInfinity, 1)]
    [InlineData(double.NaN, 2)]
    [InlineData(1, -1)]
    [InlineData(1, double.NaN)]
    [InlineData(1, double.PositiveInfinity)]
    public void Bad_values_and_weights_are_refused_without_a_trace(double value, double weight)
    {
        WeightedMoments moments = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => moments.Add(value, weight));
        Assert.Equal(0, moments.Count);
    }

    private static double Weight(Random random) => random.Next(6) switch
    {
        0 => 0,
        1 => 1,
        2 => random.Next(1, 1000) + (random.Next(3) == 0 ? (1 << 24) - 500 : 0),
        3 => Math.Abs(Sample.AnyFinite(random)),
        4 => double.Epsilon,
        _ => random.NextDouble(),
    };

    private static void Check(double[] values, double[] weights, Moments actual)
    {
        Exact[] x = [.. values.Select(Exact.Of)], w = [.. weights.Select(Exact.Of)];
        Exact weight = Exact.Sum(w), sum = Exact.Sum(x.Zip(w, (a, b) => a * b));
        Assert.Equal(values.Length, actual.Count);
        Sample.SameBits(weight.Nearest(), actual.Weight);
        Sample.SameBits(sum.Nearest(), actual.Sum);
        Sample.SameBits(values.Aggregate(Math.Min), actual.Min!.Value);
        Sample.SameBits(values.Aggregate(Math.Max), actual.Max!.Value);
        Sample.SameBits(weight.Numerator.IsZero ? null : (sum / weight).Nearest(), actual.Mean);
        Exact squaredWeight = Exact.Sum(w.Select(b => b * b));
        Exact denominator = (weight * weight) - squaredWeight;
        if (denominator.Numerator.IsZero)
        {
            Assert.Null(actual.Variance);
            Assert.Null(actual.StandardDeviation);
            Assert.Null(actual.StandardError);
            return;
        }
        Exact squares = Exact.Sum(x.Zip(w, (a, b) => a * a * b));
        Exact variance = (((weight * squares) - (sum * sum)) / denominator).Reduced();
        Sample.SameBits(variance.Nearest(), actual.Variance);
        Sample.SameBits(variance.NearestRoot(), actual.StandardDeviation);
        Sample.SameBits((variance * squaredWeight / (weight * weight)).Reduced().NearestRoot(), actual.StandardError);
    }
}
