using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace HpcAgent.Kernels.Tests;

public sealed class DecimalMomentsTests
{
    private readonly LongDigits _longDigits = new();

    [Fact]
    public void Every_statistic_is_the_rounded_exact_value_of_the_text()
    {
        Random random = new(6);
        for (int round = 0; round < 400; round++)
        {
            string[] values = DecimalText.Sample(random, random.Next(1, 14), round % (DecimalText.Kinds + 1));
            string[] weights = [.. values.Select(_ => round % 3 == 0 ? DecimalText.Weight(random) : "1")];
            Check(values, weights, Reduce(values, weights).ToMoments());
        }
    }

    [Fact]
    public void Order_and_split_change_no_bit()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<byte>(), (seed, kind) =>
        {
            Random random = new(seed);
            string[] values = DecimalText.Sample(random, random.Next(1, 40), kind % (DecimalText.Kinds + 1));
            string[] weights = [.. values.Select(_ => kind % 2 == 0 ? "1" : DecimalText.Weight(random))];
            Moments expected = Reduce(values, weights).ToMoments();
            int[] order = [.. Enumerable.Range(0, values.Length)];
            random.Shuffle(order);
            DecimalMoments[] parts = [new(), new(), new(), new()];
            foreach (int i in order)
                Add(parts[random.Next(4)], values[i], weights[i]);
            parts[0].Merge(parts[3]);
            parts[2].Merge(parts[1]);
            parts[2].Merge(parts[0]);
            return parts[2].ToMoments() == expected && Reduce(values, weights).ToMoments() == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_largest_digits_and_weights_do_not_overflow_a_bin()
    {
        string[] values = [.. Enumerable.Range(0, 50).Select(i => i % 3 == 0 ? "-9999999999999999999e4" : "9999999999999999999e4")];
        foreach (string weight in new[] { "1", "4611686018427387904", "4611686018427387903", "92233720368547758", "1e18", "0.4611686018427387904" })
        {
            string[] weights = [.. values.Select(_ => weight)];
            DecimalMoments moments = Reduce(values, weights);
            Check(values, weights, moments.ToMoments());
            moments.Merge(Reduce(values, weights));
            Check([.. values, .. values], [.. weights, .. weights], moments.ToMoments());
        }
    }

    [Fact]
    public void Merging_with_itself_many_times_stays_exact()
    {
        DecimalMoments moments = Reduce(["0.1", "-0.35"], ["1", "1"]);
        for (int i = 1; i <= 61; i++)
        {
            moments.Merge(moments);
            if (i is 40 or 61)
                Sample.SameBits(-0.125, moments.ToMoments().Mean);
        }
        Assert.Equal(Math.ScaleB(1, 62), moments.ToMoments().Weight);
        // Beyond what the bins hold: the rest goes the long way.
        Add(moments, "0.4", "1");
        DecimalMoments other = Reduce(["0.5"], ["4611686018427387904"]);
        other.Merge(moments);
        BigInteger half = BigInteger.Pow(2, 61), whole = 2 * half;
        // Σwx in twentieths: 2·2^61 − 7·2^61 + 8 + 10·2^62.
        Exact mean = new((-5 * half) + 8 + (10 * whole), 20 * ((2 * whole) + 1));
        Sample.SameBits(mean.Nearest(), other.ToMoments().Mean);
    }

    [Fact]
    public void More_kinds_of_weights_than_have_bins_are_still_exact()
    {
        string[] weights = [.. Enumerable.Range(1, 40).SelectMany(i => new[] { $"1e-{i}", $"3e{i}", $"7e-{i}" })];
        string[] values = [.. weights.Select((_, i) => $"{i}.{i}e-{i % 5}")];
        Check(values, weights, Reduce(values, weights).ToMoments());
        DecimalMoments merged = Reduce(values[..60], weights[..60]);
        merged.Merge(Reduce(values[60..], weights[60..]));
        Check(values, weights, merged.ToMoments());
    }

    [Fact]
    public void Digits_after_the_800th_are_cut_and_those_before_are_not()
    {
        string head = "1" + new string('3', 798) + "7", next = "1" + new string('3', 798) + "8";
        Moments equal = Reduce([head + "e-700", head + "9999e-704"], ["1", "1"]).ToMoments();
        Sample.SameBits(0.0, equal.Variance);
        // The weight brings the difference, 1e-500, into the range of a double.
        Moments different = Reduce(["-" + head + "e-500", next + "e-500"], ["1e300", "1e300"]).ToMoments();
        Sample.SameBits(1e-200, different.Sum);
    }

    [Fact]
    public void A_megabyte_of_digits_or_exponent_costs_no_more_than_reading_it()
    {
        string digits = "0." + new string('7', 1 << 20), small = "1e-" + new string('9', 1 << 20), zeros = "1" + new string('0', 1 << 20);
        Moments moments = Reduce([digits, small, zeros + "e-1048576", "0e" + new string('9', 1 << 20)], ["1", "1", "1", "1"]).ToMoments();
        Assert.Equal(4, moments.Count);
        Sample.SameBits((0.7777777777777778 + 1) / 4, moments.Mean);
        Assert.Equal(0, moments.Min);
    }

    [Fact]
    public void No_value_has_no_statistics_and_one_has_a_mean()
    {
        Assert.Equal(new Moments { Count = 0, Weight = 0, Sum = 0 }, new DecimalMoments().ToMoments());
        Assert.Equal(
            new Moments { Count = 1, Weight = 1, Sum = -2.5, Mean = -2.5, Min = -2.5, Max = -2.5 }, Reduce(["-2.5"], ["1"]).ToMoments());
        Moments zero = Reduce(["-0.0"], ["1"]).ToMoments();
        Sample.SameBits(0.0, zero.Mean);
        Sample.SameBits(-0.0, zero.Min);
    }

    [Fact]
    public void Smallest_and_largest_tell_the_zeros_apart_in_any_order()
    {
        foreach (string[] values in new[] { new[] { "0", "-0", "0" }, ["-0", "0", "-0"] })
        {
            Moments moments = Reduce(values, ["1", "1", "1"]).ToMoments();
            Sample.SameBits(-0.0, moments.Min);
            Sample.SameBits(0.0, moments.Max);
        }
    }

    [Fact]
    public void Weight_zero_counts_but_adds_nothing()
    {
        DecimalMoments moments = Reduce(["5", "-7"], ["0", "0.00"]);
        Assert.Equal(new Moments { Count = 2, Weight = 0, Sum = 0, Min = -7, Max = 5 }, moments.ToMoments());
        Add(moments, "3", "2");
        Assert.Equal(new Moments { Count = 3, Weight = 2, Sum = 6, Mean = 3, Min = -7, Max = 5 }, moments.ToMoments());
        Add(moments, new string('1', 30), "1e-999");
        Assert.Equal(3, moments.ToMoments().Mean);
    }

    [Fact]
    public void Equal_weights_give_the_variance_of_unit_weights()
    {
        string[] values = ["1.1", "2.7", "-3.3", "8"];
        Moments unit = Reduce(values, ["1", "1", "1", "1"]).ToMoments();
        foreach (string[] weights in new[] { new[] { "0.3", "0.3", "0.30", "3e-1" }, ["0.1", "1e-1", "0.10", "100e-3"], ["10", "1e1", "10.0", "10"] })
        {
            Moments scaled = Reduce(values, weights).ToMoments();
            Assert.Equal(unit with { Weight = scaled.Weight, Sum = scaled.Sum }, scaled);
            Check(values, weights, scaled);
        }
    }

    [Fact]
    public void Equal_values_have_a_variance_of_exactly_zero_however_they_are_written()
    {
        string[] values = ["0.1", "0.10", "1e-1", "1000e-4", "0.1000000000000000000000000000000000"];
        Moments result = Reduce(values, ["1", "1", "1", "1", "1"]).ToMoments();
        Sample.SameBits(0.1, result.Mean!.Value);
        Sample.SameBits(0, result.Variance!.Value);
        Sample.SameBits(0, result.StandardError!.Value);
    }

    [Fact]
    public void The_variance_may_overflow_while_the_deviation_does_not()
    {
        Moments result = Reduce(["1e300", "-1e300"], ["1", "1"]).ToMoments();
        Assert.Equal(double.PositiveInfinity, result.Variance);
        Assert.Equal(Math.Sqrt(2) * 1e300, result.StandardDeviation!.Value, 1e286);
        Assert.Equal(0, result.Mean);
    }

    private DecimalMoments Reduce(string[] values, string[] weights)
    {
        DecimalMoments moments = new();
        for (int i = 0; i < values.Length; i++)
            Add(moments, values[i], weights[i]);
        return moments;
    }

    private void Add(DecimalMoments moments, string text, string weight)
    {
        DecimalNumber value = Read(text);
        DecimalWeight exact = new(Read(weight), _longDigits);
        if (value.IsLong)
            moments.AddWide(value, exact, _longDigits);
        else
            moments.Add(value, exact);
    }

    private DecimalNumber Read(string text)
    {
        int position = 0;
        Assert.True(JsonNumber.TryRead(Encoding.ASCII.GetBytes(text), ref position, _longDigits, out DecimalNumber value), text);
        Assert.Equal(text.Length, position);
        Assert.True(double.IsFinite(value.Rounded), text);
        return value;
    }

    private static void Check(string[] values, string[] weights, Moments actual)
    {
        Exact[] x = [.. values.Select(DecimalText.ValueOf)], w = [.. weights.Select(DecimalText.ValueOf)];
        Exact weight = Exact.Sum(w), sum = Exact.Sum(x.Zip(w, (a, b) => a * b));
        Assert.Equal(values.Length, actual.Count);
        Sample.SameBits(weight.Nearest(), actual.Weight);
        Sample.SameBits(sum.Nearest(), actual.Sum);
        double[] doubles = [.. values.Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        Sample.SameBits(doubles.Aggregate(Math.Min), actual.Min!.Value);
        Sample.SameBits(doubles.Aggregate(Math.Max), actual.Max!.Value);
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
