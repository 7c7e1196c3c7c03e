using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

public sealed class LiftSurveyTests
{
    [Fact]
    public void A_value_that_all_failures_share_is_named()
    {
        LiftSurvey survey = Grid((batch, _, _) => batch == "256" ? 0 : -1);
        FailureLift lift = survey.Of(0)[0];
        Assert.Equal(("batch", "256", LiftComparison.Equal), (lift.Parameter, lift.ValueText, lift.Comparison));
        Assert.Equal((30L, 30L, 0L, 90L), (lift.GroupMatchCount, lift.GroupCount, lift.OtherMatchCount, lift.OtherCount));
        Assert.Equal(30.5 * 90.5 / (0.5 * 0.5), lift.OddsRatio, 1e-9);
        Assert.Matches("^all 30 have batch=256 \\(p [1-9]e-[12][0-9]\\)$", lift.ToString());
        Assert.True(lift.PValue > lift.UncorrectedPValue);
    }

    [Fact]
    public void A_threshold_is_named_where_it_says_more_than_any_value()
    {
        LiftSurvey survey = Grid((_, _, seed) => seed >= 7 ? 0 : -1);
        FailureLift lift = Assert.Single(survey.Of(0));
        Assert.Equal("all 36 have seed>=7", lift.ToString()[..19]);
        Assert.Equal("all 24 have seed<=1", Grid((_, _, seed) => seed <= 1 ? 0 : -1).Of(0)[0].ToString()[..19]);
        Assert.Equal("all 12 have seed=4", Grid((_, _, seed) => seed == 4 ? 0 : -1).Of(0)[0].ToString()[..18]);
    }

    [Fact]
    public void A_threshold_is_found_among_values_that_are_all_different()
    {
        LiftSurvey survey = new();
        Random random = new(1);
        for (int i = 0; i < 3000; i++)
        {
            double x = random.NextDouble();
            survey.Add(x > 0.9 ? 0 : -1, Map(("x", x)), null);
        }
        FailureLift lift = survey.Of(0)[0];
        Assert.Equal(LiftComparison.AtLeast, lift.Comparison);
        Assert.InRange((double)lift.Value!, 0.87, 0.93);
    }

    [Fact]
    public void More_values_than_are_kept_apart_still_have_thresholds()
    {
        LiftSurvey survey = new();
        for (int i = 0; i < 50_000; i++) survey.Add(i >= 40_000 ? 0 : -1, Map(("seed", (long)i), ("name", $"n{i}")), null);
        FailureLift lift = Assert.Single(survey.Of(0));
        Assert.Equal(("seed", LiftComparison.AtLeast), (lift.Parameter, lift.Comparison));
        Assert.InRange((double)lift.Value!, 39_000, 41_000);
    }

    [Fact]
    public void A_node_is_named()
    {
        LiftSurvey survey = new();
        for (int i = 0; i < 100; i++) survey.Add(i % 10 == 3 ? 0 : -1, Map(("i", (long)i)), $"n{i % 10}");
        Assert.Equal("all 10 were on node n3 (p", survey.Of(0)[0].ToString()[..25]);
        Assert.Null(survey.Of(0)[0].Parameter);
    }

    [Fact]
    public void Nothing_is_said_where_nothing_can_be_compared()
    {
        LiftSurvey all = Grid((_, _, _) => 0);
        Assert.Empty(all.Of(0));
        Assert.Equal("every task that ended failed this way", all.Common(0, []));
        LiftSurvey one = Grid((batch, lr, seed) => (batch, lr, seed) == ("32", 0.1, 0) ? 0 : -1);
        Assert.Empty(one.Of(0));
        Assert.Equal("a single task", one.Common(0, []));
        Assert.Equal("nothing stands out", Grid((_, _, seed) => seed % 2 == 0 ? 0 : -1).Common(0, []));
    }

    [Fact]
    public void Chance_alone_seldom_stands_out()
    {
        // At a level of 0.05 for all statements together: 200 groups by lot, at most twenty of which may be said to have a reason.
        Random random = new(7);
        int said = 0;
        for (int round = 0; round < 200; round++)
            if (Grid((_, _, _) => random.Next(5) == 0 ? 0 : -1).Of(0).Count > 0) said++;
        Assert.InRange(said, 0, 20);
    }

    [Fact]
    public void The_order_of_tasks_does_not_matter_and_every_count_is_right() => Prop.ForAll(
        Arb.From(Gen.Choose(0, 3).Three().ArrayOf()), Arb.From(Gen.Choose(0, 1000)), (tasks, seed) =>
        {
            (int A, int B, int Group)[] list = [.. tasks.Select(t => (t.Item1, t.Item2, t.Item3 - 1))];
            (int A, int B, int Group)[] shuffled = [.. list];
            new Random(seed).Shuffle(shuffled);
            for (int group = 0; group < 3; group++)
            {
                IReadOnlyList<FailureLift> lifts = Of(list).Of(group);
                Assert.Equal(lifts.Select(l => l.ToString()), Of(shuffled).Of(group).Select(l => l.ToString()));
                foreach (FailureLift lift in lifts)
                {
                    bool Has((int A, int B, int Group) t)
                    {
                        long value = lift.Parameter == "a" ? t.A : t.B;
                        double wanted = Convert.ToDouble(lift.Value, System.Globalization.CultureInfo.InvariantCulture);
                        return lift.Comparison switch { LiftComparison.AtLeast => value >= wanted, LiftComparison.AtMost => value <= wanted, _ => value == wanted };
                    }

                    Assert.Equal(list.Count(t => t.Group == group && Has(t)), lift.GroupMatchCount);
                    Assert.Equal(list.Count(t => t.Group != group && Has(t)), lift.OtherMatchCount);
                    Assert.Equal(list.Length, lift.GroupCount + lift.OtherCount);
                    Assert.InRange(lift.PValue, 0, 0.05);
                }
            }
        }).QuickCheckThrowOnFailure();

    private static LiftSurvey Of((int A, int B, int Group)[] tasks)
    {
        LiftSurvey survey = new();
        foreach ((int a, int b, int group) in tasks) survey.Add(group, Map(("a", (long)a), ("b", (long)b)), null);
        return survey;
    }

    private static LiftSurvey Grid(Func<string, double, int, int> group)
    {
        LiftSurvey survey = new();
        foreach (string batch in (string[])["32", "64", "128", "256"])
            foreach (double lr in (double[])[0.1, 0.01, 0.001])
                for (int seed = 0; seed < 10; seed++)
                    survey.Add(group(batch, lr, seed), Map(("batch", batch), ("lr", lr), ("seed", (long)seed)), "n1");
        return survey;
    }

    private static Dictionary<string, object?> Map(params (string Name, object? Value)[] pairs) => pairs.ToDictionary(p => p.Name, p => p.Value);
}
