using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Tests.Quickstart;

/// <summary>The scaffold's real program on its real data, against NIST's certified values and exact arithmetic.</summary>
public sealed class QuickstartTests(QuickstartSweep sweep) : IClassFixture<QuickstartSweep>
{
    /// <summary>awk is what users get: mawk, gawk or BWK awk by platform. The others run where they are installed.</summary>
    public static TheoryData<string> Awks => ["awk", "mawk", "gawk", "gawk --posix", "original-awk", "busybox awk"];

    [Fact]
    public void The_command_needs_no_shell_feature_and_names_exactly_the_axes()
    {
        string command = QuickstartScaffold.Command;
        Assert.Matches("^[A-Za-z0-9 ._={}-]+$", command);
        Assert.Equal(QuickstartScaffold.Grid.Keys, Regex.Matches(command, @"\{(\w+)\}").Select(m => m.Groups[1].Value));
        Assert.Equal("local", QuickstartScaffold.Spec.GetProperty("cluster").GetString());
    }

    [Fact]
    public void The_folds_are_the_loads_and_each_has_two_readings()
    {
        string[][] readings = [.. File.ReadLines(Path.Combine(QuickstartScaffold.Folder, "pontius.csv")).Skip(1).Select(l => l.Split(','))];
        string[] loads = [.. readings.Select(r => r[0]).Distinct()];
        Assert.Equal(40, readings.Length);
        Assert.Equal(Enumerable.Range(0, loads.Length), QuickstartScaffold.Grid["fold"]);
        Assert.All(readings.GroupBy(r => r[0]), load => Assert.Equal(2, load.Count()));
    }

    [SkippableTheory, MemberData(nameof(Awks))]
    public void Every_task_writes_its_metrics(string awk)
    {
        IReadOnlyList<QuickstartRecord> records = sweep.Run(awk);
        Assert.Equal(120, records.Count);
        Assert.All(records, record =>
        {
            string[] names = record.Degree >= 2
                ? ["b0", "b1", "b2", "residual_sd", "cv_mse", "n_samples"]
                : ["b0", "b1", "residual_sd", "cv_mse", "n_samples"];
            Assert.Equal(names, record.Metrics.Keys);
            Assert.All(record.Metrics.Values, value => Assert.True(double.IsFinite(value)));
            Assert.Equal(2, record.Metrics["n_samples"]);
        });
    }

    [SkippableTheory, MemberData(nameof(Awks))]
    public void The_quadratic_has_the_values_that_NIST_certifies(string awk)
    {
        foreach (QuickstartRecord record in sweep.Run(awk).Where(r => r.Degree == 2))
        {
            AssertDigits(12, 0.673565789473684E-03, record.Metrics["b0"]);
            AssertDigits(14, 0.732059160401003E-06, record.Metrics["b1"]);
            AssertDigits(13, -0.316081871345029E-14, record.Metrics["b2"]);
            AssertDigits(13, 0.205177424076185E-03, record.Metrics["residual_sd"]);
        }
    }

    [SkippableTheory, MemberData(nameof(Awks))]
    public void The_fit_to_all_readings_does_not_depend_on_the_fold(string awk)
    {
        foreach (IGrouping<int, QuickstartRecord> degree in sweep.Run(awk).GroupBy(r => r.Degree))
            foreach (string name in degree.First().Metrics.Keys.Where(n => n is not "cv_mse"))
                Assert.Single(degree.Select(r => r.Metrics[name]).Distinct());
    }

    /// <summary>Expected: the same fits in exact rational arithmetic (Python's fractions), rounded once.</summary>
    [SkippableTheory, MemberData(nameof(Awks))]
    public void The_cross_validation_errors_are_those_of_exact_arithmetic(string awk)
    {
        double[] expected =
        [
            5.966310018074236e-06, 4.428264764335930e-08, 4.586114688327077e-08,
            4.839424006702705e-08, 5.773921045083276e-08, 9.482945690818723e-08,
        ];
        Assert.Equal(expected.Length, Errors(awk).Count);
        foreach ((int degree, double[] errors) in Errors(awk))
            AssertDigits(11, expected[degree - 1], errors.Average());
    }

    [SkippableTheory, MemberData(nameof(Awks))]
    public void Degree_2_predicts_best_and_is_the_simplest_within_one_standard_error(string awk)
    {
        Dictionary<int, double[]> errors = Errors(awk);
        int best = errors.MinBy(e => e.Value.Average()).Key;
        double mean = errors[best].Average();
        double squares = errors[best].Sum(e => (e - mean) * (e - mean));
        double standardError = Math.Sqrt(squares / (errors[best].Length - 1) / errors[best].Length);
        Assert.Equal(2, best);
        Assert.Equal(2, errors.Where(e => e.Value.Average() <= mean + standardError).Min(e => e.Key));
    }

    [SkippableTheory, MemberData(nameof(Awks))]
    public void Every_awk_writes_the_same_bytes(string awk) =>
        Assert.Equal(sweep.Run("awk").Select(r => r.Text), sweep.Run(awk).Select(r => r.Text));

    [SkippableTheory]
    [InlineData("0", "0", "degree=1..18")]
    [InlineData("19", "0", "degree=1..18")]
    [InlineData("two", "0", "degree=1..18")]
    [InlineData("2", "20", "fold=0..19")]
    [InlineData("2", "-1", "fold=0..19")]
    [InlineData("2", "", "fold=0..19")]
    public void A_wrong_parameter_is_refused_by_name_and_writes_nothing(string degree, string fold, string named)
    {
        sweep.Run("awk");
        (int exit, string output, string error) = QuickstartSweep.InScaffold(QuickstartSweep.CommandFor("awk", degree, fold));
        Assert.Equal((2, ""), (exit, output));
        Assert.Contains(named, error, StringComparison.Ordinal);
    }

    private Dictionary<int, double[]> Errors(string awk) => sweep.Run(awk)
        .GroupBy(r => r.Degree)
        .ToDictionary(g => g.Key, g => g.Select(r => r.Metrics["cv_mse"]).ToArray());

    /// <summary>Digits as NIST counts them: the negative decimal logarithm of the relative error.</summary>
    private static void AssertDigits(int digits, double expected, double actual)
    {
        double error = Math.Abs(actual - expected) / Math.Abs(expected);
        Assert.True(error <= Math.Pow(10, -digits), $"{actual:R} agrees with {expected:R} to {-Math.Log10(error):F1} digits, not {digits}");
    }
}
