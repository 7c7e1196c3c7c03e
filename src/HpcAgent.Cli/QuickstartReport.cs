using System.Globalization;
using HpcAgent.Engine.Aggregation;
using Spectre.Console;

namespace HpcAgent.Cli;

/// <summary>Shows the quickstart's aggregate and how it compares with the certified values.</summary>
internal static class QuickstartReport
{
    private const int WidthForCoefficients = 104;
    private static readonly string[] s_columns = ["degree", "tasks", "cv_mse", "cv_mse_sd"];
    private static readonly string[] s_means = ["residual_sd", "b0", "b1", "b2"];
    private static readonly string[] s_check = ["", "this run", "certified", "digits"];

    public static void Show(Aggregate aggregate)
    {
        AggregateGroup best = Quickstart.Best(aggregate);
        Table table = new Table().Border(TableBorder.Rounded).Title("Exact means over the folds, by degree");
        // In a narrow terminal numbers would be broken in two; the coefficients of the best degree are shown below anyway.
        string[] means = AnsiConsole.Profile.Width >= WidthForCoefficients ? s_means : s_means[..1];
        foreach (string column in s_columns.Concat(means))
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (AggregateGroup group in aggregate.Groups)
        {
            MetricSummary? criterion = group.Metrics.FirstOrDefault(m => m.Name == Quickstart.Criterion);
            string style = ReferenceEquals(group, best) ? "bold green" : "default";
            string[] cells =
            [
                Convert.ToString(group.Key["degree"], CultureInfo.InvariantCulture) ?? "",
                (group.TaskCount - group.MissingCount).ToString(CultureInfo.InvariantCulture),
                Cell(criterion?.Mean),
                Cell(criterion?.StandardDeviation),
                .. means.Select(m => Cell(Quickstart.Mean(group, m))),
            ];
            table.AddRow([.. cells.Select(c => $"[{style}]{Markup.Escape(c)}[/]")]);
        }
        AnsiConsole.Write(table);
        Table check = new Table().Border(TableBorder.Rounded).Title("The best degree against NIST's certified values");
        foreach (string column in s_check) check.AddColumn(new TableColumn(column).RightAligned());
        check.AddRow("degree", Convert.ToString(best.Key["degree"], CultureInfo.InvariantCulture) ?? "", Quickstart.CertifiedDegree.ToString(CultureInfo.InvariantCulture), "");
        foreach ((string metric, double certified) in Quickstart.Certified)
        {
            double? value = Quickstart.Mean(best, metric);
            check.AddRow(
                metric,
                value?.ToString("E14", CultureInfo.InvariantCulture) ?? "",
                certified.ToString("E14", CultureInfo.InvariantCulture),
                value is { } v ? Quickstart.Digits(v, certified).ToString("0.0", CultureInfo.InvariantCulture) : "");
        }
        AnsiConsole.Write(check);
    }

    private static string Cell(double? value) => value is { } v ? SignificantDigits.SixSignificantDigits(v) : "";
}
