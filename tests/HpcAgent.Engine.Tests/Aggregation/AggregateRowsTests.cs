using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

public sealed class AggregateRowsTests
{
    private static readonly MetricSummary s_loss = new()
    {
        Name = "loss",
        Count = 4,
        MissingCount = 1,
        NaNCount = 2,
        InfiniteCount = 3,
        TextCount = 5,
        NullCount = 6,
        Weight = 8,
        Sum = 10,
        Mean = 2.5,
        Variance = 4,
        StandardDeviation = 2,
        StandardError = 1,
        Min = -1,
        Max = 9,
        Median = 2.25,
        Quantiles = new Dictionary<double, double> { [0.05] = 0.5, [0.975] = 8.5 },
    };

    [Fact]
    public void The_mean_stands_under_the_metrics_own_name()
    {
        AggregateTable table = AggregateRows.Create(Of(["lr"], Group(0.1, s_loss, Metric("acc")), Group(0.2, s_loss)));
        Assert.Equal(["lr", "TaskCount", "MissingCount", "acc", "acc_sd", "acc_n", "loss", "loss_sd", "loss_n"], table.Columns);
        Assert.Equal([0.1, 5L, 1L, null, null, 0L, 2.5, 2.0, 4L], table.Rows[0]);
        Assert.Equal([0.2, 5L, 1L, null, null, 0L, 2.5, 2.0, 4L], table.Rows[1]);
    }

    [Fact]
    public void Chosen_statistics_carry_their_name()
    {
        string[] all = ["mean", "sum", "VAR", "sd", "se", "min", "max", "median", "p05", "p97.5", "n", "weight", "missing", "nan", "inf", "text", "null"];
        AggregateTable table = AggregateRows.Create(Of([], Group(null, s_loss)), all, "m.");
        Assert.Equal(["TaskCount", "MissingCount", .. all.Select(name => "m.loss_" + name.ToLowerInvariant())], table.Columns);
        Assert.Equal([5L, 1L, 2.5, 10.0, 4.0, 2.0, 1.0, -1.0, 9.0, 2.25, 0.5, 8.5, 4L, 8.0, 1L, 2L, 3L, 5L, 6L], table.Rows[0]);
    }

    [Fact]
    public void Chosen_metrics_stand_in_the_order_of_their_patterns()
    {
        Aggregate aggregate = Of([], Group(null, Metric("a.loss"), Metric("b.loss"), Metric("time")));
        Assert.Equal(
            ["TaskCount", "MissingCount", "time_mean", "a.loss_mean", "b.loss_mean"],
            AggregateRows.Create(aggregate, ["mean"], metrics: ["t*", "?.LOSS", "time"]).Columns);
        HpcException error = Assert.Throws<HpcException>(() => AggregateRows.Create(aggregate, metrics: ["tine"]));
        Assert.Contains("'tine'", error.Message, StringComparison.Ordinal);
        Assert.Contains("time", error.Message, StringComparison.Ordinal);
        Assert.Contains("a.loss, b.loss, time", error.Remediation, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_tell_which_quantiles_they_need()
    {
        Assert.Equal([0, 0.05, 0.5, 0.975, 1], AggregateRows.Probabilities(["p97.5", "mean", "median", "P05", "p5", "p0", "p100"]));
        Assert.Empty(AggregateRows.Probabilities(["mean", "null"]));
    }

    [Theory]
    [InlineData("p")]
    [InlineData("p101")]
    [InlineData("p-5")]
    [InlineData("p5.")]
    [InlineData("p.5")]
    [InlineData("p1e1")]
    [InlineData("q5")]
    [InlineData("std")]
    [InlineData("")]
    public void Unknown_statistics_are_refused_with_the_known_ones(string name)
    {
        HpcException error = Assert.Throws<HpcException>(() => AggregateRows.Probabilities([name]));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains("median", error.Remediation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quantile_that_was_not_computed_is_an_error_and_not_a_gap()
    {
        HpcException error = Assert.Throws<HpcException>(() => AggregateRows.Create(Of([], Group(null, s_loss)), ["p10"]));
        Assert.Contains("0.1", error.Remediation, StringComparison.Ordinal);
        Assert.Null(AggregateRows.Create(Of([], Group(null, Metric("t"))), ["p10"]).Rows[0][2]);
    }

    [Theory]
    [InlineData("loss", "")]
    [InlineData("LOSS", "")]
    [InlineData("loss_sd", "")]
    public void A_parameter_called_like_a_metric_asks_for_a_prefix(string parameter, string prefix)
    {
        Aggregate aggregate = Of([parameter], Group(1L, s_loss) with { Key = new Dictionary<string, object?> { [parameter] = 1L } });
        HpcException error = Assert.Throws<HpcException>(() => AggregateRows.Create(aggregate, null, prefix));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains("-Prefix", error.Remediation, StringComparison.Ordinal);
        Assert.Contains("(\"prefix\")", error.Remediation, StringComparison.Ordinal);
        Assert.Equal(6, AggregateRows.Create(aggregate, null, "metric.").Columns.Count);
    }

    [Fact]
    public void Other_clashes_name_a_remedy_that_helps()
    {
        Aggregate metrics = Of([], Group(null, s_loss, Metric("loss_sd")));
        Assert.Contains("-Statistic", Assert.Throws<HpcException>(() => AggregateRows.Create(metrics)).Remediation, StringComparison.Ordinal);
        Assert.Equal(4, AggregateRows.Create(metrics, ["mean"]).Columns.Count);
        Assert.Contains("-Prefix", Assert.Throws<HpcException>(
            () => AggregateRows.Create(Of([], Group(null, Metric("taskcount"))))).Remediation, StringComparison.Ordinal);
        Assert.Contains("out of -By", Assert.Throws<HpcException>(
            () => AggregateRows.Create(Of(["TaskCount"], Group(null)))).Remediation, StringComparison.Ordinal);
        Aggregate cases = Of([], Group(null, s_loss, Metric("LOSS")));
        Assert.Contains("-Metric", Assert.Throws<HpcException>(() => AggregateRows.Create(cases)).Remediation, StringComparison.Ordinal);
        Assert.Equal(["TaskCount", "MissingCount", "LOSS", "LOSS_sd", "LOSS_n"], AggregateRows.Create(cases, metrics: ["LOSS"]).Columns);
    }

    [Fact]
    public void A_report_has_columns_of_different_names_whatever_parameters_and_metrics_are_called()
    {
        string[] parameters = ["loss", "loss_mean", "loss_weight", "TaskCount"];
        Dictionary<string, object?> key = parameters.ToDictionary(p => p, _ => (object?)1L);
        Aggregate aggregate = Of(parameters, Group(null, s_loss, Metric("LOSS"), Metric("loss_sd")) with { Key = key });
        (AggregateTable table, IReadOnlyList<string> renamed) = AggregateRows.CreateDistinct(aggregate, []);
        Assert.Equal(
            [
                "loss", "loss_mean", "loss_weight", "TaskCount", "metric.TaskCount", "MissingCount", "metric.LOSS", "LOSS_sd", "LOSS_n",
                "metric.metric.loss", "metric.loss_sd", "metric.loss_n", "metric.metric.loss_sd", "loss_sd_sd", "loss_sd_n",
            ],
            table.Columns);
        Assert.Equal(table.Columns.Count, table.Columns.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.Contains("mean of the metric \"loss\" is in the column metric.metric.loss, because loss is another", renamed);
        Assert.Equal(["a", "metric.metric.A", "metric.a"], ColumnNames.Distinct(["a", "A", "metric.a"]));
        Assert.Empty(AggregateRows.CreateDistinct(Of(["lr"], Group(1L, s_loss)), []).Renamed);
    }

    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(1.0 / 3, "0.333333")]
    [InlineData(-2.5, "-2.5")]
    [InlineData(123.456789, "123.457")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012345678, "0.000123457")]
    [InlineData(0.000012345678, "1.23457e-05")]
    [InlineData(999999.5, "1000000")]
    [InlineData(999999.4, "999999")]
    [InlineData(99999.96, "100000")]
    [InlineData(1234567.8, "1.23457e+06")]
    [InlineData(1e100, "1e+100")]
    [InlineData(1e-300, "1e-300")]
    [InlineData(12345678.0, "12345678")]
    [InlineData(-999999999999999.0, "-999999999999999")]
    [InlineData(1e15, "1e+15")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void Numbers_are_shown_with_six_significant_digits(double value, string expected) =>
        Assert.Equal(expected, SignificantDigits.SixSignificantDigits(value));

    [Fact]
    public void Other_values_are_shown_in_full()
    {
        Assert.Equal("12345678901", SignificantDigits.SixSignificantDigits(12345678901L));
        Assert.Equal("0.1", SignificantDigits.SixSignificantDigits((object)0.1));
        Assert.Equal("0", SignificantDigits.SixSignificantDigits(-0.0));
        Assert.Equal("", SignificantDigits.SixSignificantDigits(null));
        Assert.Equal("true", SignificantDigits.SixSignificantDigits(true));
        Assert.Equal("a b", SignificantDigits.SixSignificantDigits("a b"));
    }

    private static MetricSummary Metric(string name) => new() { Name = name, Count = 0, TextCount = 4 };

    private static AggregateGroup Group(object? key, params MetricSummary[] metrics) => new()
    {
        Key = new Dictionary<string, object?> { ["lr"] = key },
        TaskCount = 5,
        MissingCount = 1,
        Metrics = metrics,
    };

    private static Aggregate Of(string[] groupBy, params AggregateGroup[] groups) => new()
    {
        RunId = "r",
        CmdSha = "c",
        IdentitySha = "i",
        GroupBy = groupBy,
        TaskCount = 10,
        UsedCount = 8,
        MissingTaskIds = [1, 2],
        Groups = groups,
    };
}
