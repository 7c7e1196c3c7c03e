namespace HpcAgent.Kernels.Tests;

/// <summary>
/// NIST certifies values of the decimal data. Some of the data have no exact double, and so the standard deviation of the doubles
/// differs from the certified one in the last digits for Mavro, Michelso, NumAcc3 and NumAcc4; no program that holds the data as
/// doubles can do better. What holds: (1) every mean agrees in all certified digits; (2) so does every deviation of data given in
/// units of their last decimal place; (3) deviations of the doubles are the correctly rounded ones, and agree in all digits for
/// the other five sets.
/// </summary>
public sealed class NistTests
{
    public static TheoryData<string, int> Sets => new()
    {
        { "Lew", 15 },
        { "Lottery", 15 },
        { "Mavro", 13 },
        { "Michelso", 13 },
        { "NumAcc1", 15 },
        { "NumAcc2", 15 },
        { "NumAcc3", 10 },
        { "NumAcc4", 8 },
        { "PiDigits", 15 },
    };

    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public void The_published_sets_are_matched(string name, int deviationDigits)
    {
        NistSet? set = NistSet.Load(name);
        Skip.If(set is null, "The files of the NIST sets are not beside the repository.");
        Check(set!, deviationDigits);
    }

    [Theory]
    [InlineData("NumAcc1", 15)]
    [InlineData("NumAcc2", 15)]
    [InlineData("NumAcc3", 10)]
    [InlineData("NumAcc4", 8)]
    [InlineData("PiDigits", 15)]
    public void The_sets_that_follow_a_rule_are_matched(string name, int deviationDigits)
    {
        NistSet built = NistSet.Build(name);
        Check(built, deviationDigits);
        if (NistSet.Load(name) is NistSet published)
            Assert.Equal(published.Doubles(), built.Doubles());
    }

    private static void Check(NistSet set, int deviationDigits)
    {
        double[] doubles = set.Doubles();
        Moments moments = Reduce(doubles);
        Assert.Equal(15, NistSet.AgreeingDigits(set.Mean, moments.Mean!.Value, 0));
        Assert.Equal(deviationDigits, NistSet.AgreeingDigits(set.Deviation, moments.StandardDeviation!.Value, 0));
        Sample.SameBits(Deviation(doubles), moments.StandardDeviation.Value);

        Moments units = Reduce(set.Units(out int decimals));
        Assert.Equal(15, NistSet.AgreeingDigits(set.Mean, units.Mean!.Value, decimals));
        Assert.Equal(15, NistSet.AgreeingDigits(set.Deviation, units.StandardDeviation!.Value, decimals));
    }

    private static Moments Reduce(double[] values)
    {
        WeightedMoments moments = new();
        foreach (double value in values)
            moments.Add(value);
        return moments.ToMoments();
    }

    private static double Deviation(double[] values)
    {
        Exact[] exact = [.. values.Select(Exact.Of)];
        Exact sum = Exact.Sum(exact), squares = Exact.Sum(exact.Select(x => x * x)), n = new(values.Length, 1);
        return (((n * squares) - (sum * sum)) / (n * (n - new Exact(1, 1)))).Reduced().NearestRoot();
    }
}
