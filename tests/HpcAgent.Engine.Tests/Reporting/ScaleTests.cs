using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Reporting;

namespace HpcAgent.Engine.Tests.Reporting;

public class ScaleTests
{
    [Fact]
    public void Ticks_are_round_ascending_and_enclose_the_data() =>
        Prop.ForAll<NormalFloat, NormalFloat>((a, b) =>
        {
            (double low, double high) = (Math.Min(a.Get, b.Get), Math.Max(a.Get, b.Get));
            IReadOnlyList<double> ticks = NiceTicks.Linear(low, high, 6);
            double slack = (ticks[1] - ticks[0]) * 1e-6;
            bool isRound = ticks.All(t => t == 0 || double.Parse(t.ToString("G12", null), null) == t);
            return ticks[0] <= low + slack && ticks[^1] >= high - slack && ticks.Count is >= 2 and <= 16 && ticks.Zip(ticks.Skip(1)).All(p => p.First < p.Second) && isRound;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Logarithmic_ticks_are_ascending_few_and_enclose_the_data() =>
        Prop.ForAll(Gen.Choose(-3000, 3000).Zip(Gen.Choose(0, 3000)).ToArbitrary(), pair =>
        {
            double low = Math.Pow(10, pair.Item1 / 100.0), high = Math.Min(1e60, low * Math.Pow(10, pair.Item2 / 100.0));
            IReadOnlyList<double> ticks = NiceTicks.Logarithmic(low, high, 7);
            return ticks[0] <= low * 1.000001 && ticks[^1] >= high * 0.999999 && ticks.Count is >= 2 and <= 10 && ticks.Zip(ticks.Skip(1)).All(p => p.First < p.Second);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, 1, 5, "0 0.2 0.4 0.6 0.8 1")]
    [InlineData(0, 7, 5, "0 2 4 6 8")]
    [InlineData(0.1, 0.3, 2, "0.1 0.2 0.3")]
    [InlineData(-3, 3, 6, "-3 -2 -1 0 1 2 3")]
    [InlineData(5, 5, 5, "4.4 4.6 4.8 5 5.2 5.4 5.6")]
    [InlineData(0, 0, 5, "0 0.2 0.4 0.6 0.8 1")]
    public void Known_ticks(double low, double high, int most, string wanted) =>
        Assert.Equal(wanted, string.Join(' ', NiceTicks.Linear(low, high, most).Select(t => t.ToString("R", System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void The_ends_of_the_range_of_doubles_can_be_drawn()
    {
        foreach ((double low, double high) in new[] { (-double.MaxValue / 2, double.MaxValue / 2), (1e307, 1e308), (5e-324, 1e-323), (-1e-310, 1e-310) })
        {
            Axis axis = Axis.Linear(low, high, 5);
            Assert.InRange(axis.Place(low), -0.01, 1.01);
            Assert.InRange(axis.Place(high), -0.01, 1.01);
        }
    }

    [Fact]
    public void Bins_hold_every_value_once_without_gaps() =>
        Prop.ForAll(Gen.Choose(0, 1_000_000).Select(i => i / 997.0).NonEmptyListOf().ToArbitrary(), all =>
        {
            (double, bool)[] values = [.. all.Select((v, i) => (v, i % 3 > 0))];
            IReadOnlyList<Bin> bins = Bins.Of(values);
            bool isWhole = bins.Zip(bins.Skip(1)).All(p => p.First.High == p.Second.Low) && bins.All(b => b.Low < b.High);
            bool isCounted = bins.Select((b, i) => (b, i)).All(p => p.b.Count == values.Count(v => v.Item1 >= p.b.Low && (v.Item1 < p.b.High || (p.i == bins.Count - 1 && v.Item1 == p.b.High))));
            return isWhole && isCounted && bins.Sum(b => b.Count) == values.Length && bins.Sum(b => b.CompleteCount) == values.Count(v => v.Item2) && bins.Count is >= 1 and <= 80;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(1e-9)]
    [InlineData(123456789)]
    public void Values_that_are_all_the_same_are_in_one_bin(double value) =>
        Assert.Single(Bins.Of([(value, true), (value, true)]), b => b.Count == 2);

    [Fact]
    public void Bins_of_a_coarse_clock_hold_equally_many_ticks()
    {
        // 1 to 60 ticks of 4 ms, each once, as seconds in binary.
        IReadOnlyList<Bin> bins = Bins.Of([.. Enumerable.Range(1, 60).Select(i => (i * 0.004 / 0.001, true))]);
        Assert.InRange(bins.Count, 4, 40);
        Assert.Single(bins.Skip(1).SkipLast(1).Select(b => b.Count).Distinct());
        Assert.Equal(60, bins.Sum(b => b.Count));
        Assert.All(bins, b => Assert.Equal(0, Math.Round(b.Low, 4) % 4));
    }

    [Theory]
    [InlineData("32 64 128", false, "32 64 128")]
    [InlineData("1 2 4 8 16", true, "1 2 4 8 16")]
    [InlineData("0.001 0.01 0.1", true, "0.001 0.01 0.1")]
    [InlineData("1 2 3", false, "1 2 3")]
    [InlineData("0 0.5 1", false, "0 0.5 1")]
    [InlineData("1 2 3 4 5 6 7 8 9 10 11 12", false, "2 4 6 8 10 12")]
    public void A_parameter_has_its_values_as_labels_and_ratios_only_where_they_are_even(string values, bool isLogarithmic, string labels)
    {
        double[] numbers = [.. values.Split(' ').Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture))];
        Axis axis = Axis.OfValues(numbers);
        Assert.Equal((isLogarithmic, labels), (axis.IsLogarithmic, string.Join(' ', axis.Ticks.Select(t => t.Label))));
        Assert.All(numbers, n => Assert.InRange(axis.Place(n), 0.03, 0.97));
    }

    [Fact]
    public void Any_axis_of_values_holds_them_in_order() =>
        Prop.ForAll<NormalFloat[]>(all =>
        {
            double[] values = [.. all.Select(v => v.Get).Append(double.MaxValue).Append(5e-324).Order()];
            Axis axis = Axis.OfValues(values);
            double[] places = [.. values.Select(axis.Place)];
            return places.All(p => p is >= 0 and <= 1) && places.Zip(places.Skip(1)).All(p => p.First <= p.Second);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(0.0042, "4ms")]
    [InlineData(0.24, "0.24s")]
    [InlineData(6, "6s")]
    [InlineData(9.999, "10s")]
    [InlineData(59.7, "1m")]
    [InlineData(87.2, "1m27s")]
    [InlineData(120, "2m")]
    [InlineData(3900, "1h05m")]
    public void Durations_keep_the_digits_that_matter(double seconds, string text) => Assert.Equal(text, ReportText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Any_text_is_shown_without_hidden_signs_and_plain_text_as_it_is() =>
        Prop.ForAll<string>(text =>
        {
            if (text is null) return true;
            string shown = VisibleText.Of(text);
            _ = System.Xml.XmlConvert.VerifyXmlChars(shown);
            return VisibleText.Of(shown) == shown && (!text.All(c => c is >= ' ' and <= '~') || shown == text);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_has_a_contrast_of_at_least_four_and_a_half_in_light_and_dark()
    {
        foreach (IReadOnlyList<(string Name, string Value)> colours in new[] { Palette.Light, Palette.Dark })
        {
            Dictionary<string, string> known = colours.ToDictionary(c => c.Name, c => c.Value);
            foreach ((string text, string ground) in Palette.TextPairs) Assert.True(Contrast(known[text], known[ground]) >= 4.5, $"{text} on {ground}");
            foreach (string mark in new[] { "complete", "failed", "mean", "limit" }) Assert.True(Contrast(known[mark], known["card"]) >= 3, mark);
        }
    }

    // WCAG 2.1, relative luminance.
    private static double Contrast(string a, string b)
    {
        double[] both = [Luminance(a), Luminance(b)];
        return (both.Max() + 0.05) / (both.Min() + 0.05);
    }

    private static double Luminance(string colour)
    {
        double[] parts = [.. new[] { 1, 3, 5 }.Select(i => Convert.ToInt32(colour.Substring(i, 2), 16) / 255.0).Select(c => c <= 0.03928 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4))];
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
