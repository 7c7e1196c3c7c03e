using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Reporting;

/// <summary>The aggregate, as a table and drawn.</summary>
internal static class ResultSection
{
    /// <summary>How many rows of the aggregate are shown.</summary>
    public const int MostRows = 200;

    /// <summary>How many metrics the table has.</summary>
    public const int MostMetrics = 12;

    /// <summary>How many metrics the table over all tasks has.</summary>
    public const int MostOverview = 500;

    /// <summary>How many charts are drawn.</summary>
    public const int MostPanels = 24;

    /// <summary>Writes the results.</summary>
    public static void Write(Markup page, ReportData data)
    {
        _ = page.Open("section", ("aria-labelledby", "results")).Element("h2", "Results", ("id", "results"));
        if (data.Aggregate is not { } aggregate || data.Table is null || data.Metrics.Count == 0)
            _ = page.Element("p", data.Aggregate is null ? $"There are no results: {data.WhyNoAggregate}"
                : $"No task has written metrics{(data.Status.State == LifecycleState.InFlight ? " yet" : "")}. What tasks write into $RESULT_DIR/metrics.json is shown here.", ("class", "empty"));
        else
        {
            Coverage(page, aggregate);
            Table(page, data, aggregate);
            Overview(page, data);
            Panels(page, data);
        }
        _ = page.Close();
    }

    private static void Coverage(Markup page, Aggregate aggregate)
    {
        string by = aggregate.GroupBy.Count == 0 ? "all tasks together" : $"by {string.Join(", ", aggregate.GroupBy)}";
        string partial = aggregate.IsComplete ? "" : " This aggregate is partial.";
        _ = page.Element(
            "p",
            $"{ReportText.Count(aggregate.UsedCount)} of {ReportText.Several(aggregate.TaskCount, "task")} {(aggregate.TaskCount == 1 ? "contributes" : "contribute")}, {VisibleText.Clip(by, 400)}.{partial}",
            ("class", aggregate.IsComplete ? null : "warning"));
    }

    private static void Table(Markup page, ReportData data, Aggregate aggregate)
    {
        int keys = aggregate.GroupBy.Count;
        int columns = Math.Min(data.Table!.Columns.Count, keys + 2 + (3 * MostMetrics));
        DataTable.Write(
            page,
            "Aggregate",
            [.. data.Table.Columns.Take(columns)],
            data.Table.Rows.Take(MostRows).Select(row => (IReadOnlyList<string>)[.. row.Take(columns).Select(Cell)]),
            column => column < keys && data.Table.Rows.Any(row => MeansChart.Number(row[column]) is null));
        if (data.Table.Rows.Count > MostRows)
            _ = page.Element("p", $"The first {MostRows} of {data.Table.Rows.Count} groups are shown; Invoke-HpcAggregate gives all.", ("class", "note"));
        if (data.Metrics.Count > MostMetrics)
            _ = page.Element("p", $"The first {MostMetrics} of {data.Metrics.Count} metrics are in this table; choose others with -Metric.", ("class", "note"));
    }

    // Where the table has no room for all metrics, each is at least seen once.
    private static void Overview(Markup page, ReportData data)
    {
        if (data.Overall is not { Groups: [{ } group] }) return;
        Dictionary<string, MetricSummary> metrics = group.Metrics.ToDictionary(metric => metric.Name, StringComparer.Ordinal);
        _ = page.Element("h3", "Every metric over all tasks");
        DataTable.Write(page, "Every metric over all tasks", ["metric", "n", "mean", "sd", "min", "max"], data.Metrics.Take(MostOverview).Select(name => metrics[name]).Select(m => (IReadOnlyList<string>)
            [m.Name, ReportText.Count(m.Count), ReportText.Number(m.Mean), ReportText.Number(m.StandardDeviation), ReportText.Number(m.Min), ReportText.Number(m.Max)]));
        if (data.Metrics.Count > MostOverview) _ = page.Element("p", $"The first {MostOverview} of {data.Metrics.Count} metrics are shown.", ("class", "note"));
    }

    private static string Cell(object? value) => value is string or System.Collections.IEnumerable ? PlainText.Of(value) : ReportText.Number(value);

    private static void Panels(Markup page, ReportData data)
    {
        if (data.Parameters.Count == 0) return;
        int metrics = Math.Min(data.Metrics.Count, Math.Max(1, MostPanels / data.Parameters.Count));
        _ = page.Element("h3", "Mean and standard error by parameter")
            .Element("p", data.Parameters.Count > 1 ? "Each chart takes all values of the other parameters together." : "Points are means; bars are one standard error to each side.", ("class", "note"))
            .Open("div", ("class", "grid panels"));
        foreach (string metric in data.Metrics.Take(metrics))
            foreach (ParameterAggregate parameter in data.Parameters) MeansChart.Write(page, parameter, metric);
        _ = page.Close();
        if (metrics < data.Metrics.Count)
        {
            _ = page.Element(
                "p",
                $"At most {MostPanels} charts are drawn: {metrics} of {data.Metrics.Count} metrics, in the order of the table, against {ReportText.Several(data.Parameters.Count, "parameter")}. Choose with -Metric and -By.",
                ("class", "note"));
        }
    }
}
