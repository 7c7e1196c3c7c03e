using System.Globalization;
using System.Text;

namespace HpcAgent.Kernels.Tests;

/// <summary>
/// NIST certifies mean and standard deviation of the decimal data to 15 significant digits. All of them must come out, also where
/// the data have no exact double, as 10000000.2.
/// </summary>
public sealed class NistTests
{
    public static TheoryData<string> Sets => [.. NistSet.Names];

    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public void The_published_sets_are_matched_to_every_certified_digit(string name)
    {
        NistSet? set = NistSet.Load(name);
        Skip.If(set is null, "The files of the NIST sets are not beside the repository.");
        Assert.Equal(Sizes[name], set!.Data.Count);
        Check(set);
    }

    [Theory]
    [InlineData("NumAcc1")]
    [InlineData("NumAcc2")]
    [InlineData("NumAcc3")]
    [InlineData("NumAcc4")]
    [InlineData("PiDigits")]
    public void The_sets_that_follow_a_rule_are_matched_to_every_certified_digit(string name)
    {
        NistSet built = NistSet.Build(name);
        Check(built);
        if (NistSet.Load(name) is NistSet published)
        {
            Assert.Equal(published.Data, built.Data);
            Assert.Equal(decimal.Parse(published.Mean, CultureInfo.InvariantCulture), decimal.Parse(built.Mean, CultureInfo.InvariantCulture));
            Assert.Equal(
                decimal.Parse(published.Deviation, CultureInfo.InvariantCulture), decimal.Parse(built.Deviation, CultureInfo.InvariantCulture));
        }
    }

    private static Dictionary<string, int> Sizes => new(StringComparer.Ordinal)
    {
        ["Lew"] = 200,
        ["Lottery"] = 218,
        ["Mavro"] = 50,
        ["Michelso"] = 100,
        ["NumAcc1"] = 3,
        ["NumAcc2"] = 1001,
        ["NumAcc3"] = 1001,
        ["NumAcc4"] = 1001,
        ["PiDigits"] = 5000,
    };

    private static void Check(NistSet set)
    {
        MetricsReader reader = new(new MetricNames());
        Reduction reduction = new(reader.Names, 1, keepsValues: false);
        foreach (string value in set.Data)
        {
            Assert.True(reader.TryRead(Encoding.ASCII.GetBytes($$"""{"y": {{value}}}"""), out _));
            reduction.Add(0, reader);
        }
        MetricSummary summary = Assert.Single(reduction.Summarize(0, []));
        Assert.Equal(set.Data.Count, summary.Count);
        Assert.Equal(15, NistSet.AgreeingDigits(set.Mean, summary.Mean!.Value));
        Assert.Equal(15, NistSet.AgreeingDigits(set.Deviation, summary.StandardDeviation!.Value));
    }
}
