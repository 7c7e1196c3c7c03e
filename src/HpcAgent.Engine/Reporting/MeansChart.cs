using System.Numerics;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Reporting;

/// <summary>The mean of a metric for each value of a parameter, with its standard error.</summary>
internal static class MeansChart
{
    private const int MostLabel = 14;

    /// <summary>The most values of a parameter of numbers that are drawn each with its standard error.</summary>
    public const int MostNumbers = 100;

    /// <summary>The most values of a parameter of numbers that are drawn at all, as dots.</summary>
    public const int MostDots = 1000;

    /// <summary>How many values the table below a chart has.</summary>
    private const int MostRows = 200;

    /// <summary>The most values of any other parameter that are drawn.</summary>
    public const int MostWords = 24;

    /// <summary>The value as a number; null if it is none, or not finite.</summary>
    public static double? Number(object? value) => value switch
    {
        long number => number,
        BigInteger number when double.IsFinite((double)number) => (double)number,
        double number when double.IsFinite(number) => number,
        _ => null,
    };

    /// <summary>Draws a metric against a parameter.</summary>
    public static void Write(Markup page, ParameterAggregate parameter, string metric)
    {
        MeanPoint[] points = [.. parameter.Aggregate.Groups.Select(g => Point(g, parameter.Name, metric)).OfType<MeanPoint>()];
        string title = $"{metric} by {parameter.Name}";
        if (points.Length == 0)
        {
            Figure.Nothing(page, VisibleText.Clip(title, 80), "No task gave a finite number.");
            return;
        }
        bool isNumeric = points.All(p => Number(p.Value) is not null);
        if (isNumeric) points = [.. points.OrderBy(p => Number(p.Value))];
        double low = points.Min(p => p.Mean - (p.Error ?? 0)), high = points.Max(p => p.Mean + (p.Error ?? 0));
        Axis y = double.IsFinite(low) && double.IsFinite(high) ? Axis.Linear(low, high, 5) : Axis.Linear(points.Min(p => p.Mean), points.Max(p => p.Mean), 5);
        Figure.Begin(page, VisibleText.Clip(title, 80), Note(points));
        if (isNumeric) DrawNumbers(page, points, y, title, parameter.Name, metric);
        else DrawWords(page, points, y, title, parameter.Name, metric);
        Figure.End(page, title, ColumnNames.Distinct([parameter.Name, metric, "se", "n"]), points.Take(MostRows).Select(p => (IReadOnlyList<string>)
            [p.Label, ReportText.Number(p.Mean), ReportText.Number(p.Error), ReportText.Count(p.Count)]));
    }

    private static string? Note(MeanPoint[] points)
    {
        if (points.Length > MostNumbers) return $"{ReportText.Several(points.Length, "value")}: dots without standard errors{(points.Length > MostRows ? $"; the first {MostRows} are in the table" : "")}.";
        int alone = points.Count(p => p.Error is null);
        return alone == 0 ? null : alone == points.Length ? "One task each, so that there is no standard error." : "Without a bar: fewer than two values.";
    }

    private static void DrawNumbers(Markup page, MeanPoint[] points, Axis y, string title, string parameter, string metric)
    {
        double[] values = [.. points.Select(p => Number(p.Value)!.Value)];
        Axis x = Axis.OfValues(values);
        Chart chart = Chart.Begin(page, title, Description(points), y, Short(metric, 40));
        (string X, string Y)[] places = [.. points.Select((p, i) => (Markup.N(chart.X(x.Place(values[i]))), Markup.N(chart.Y(y.Place(p.Mean)))))];
        if (points.Length > MostNumbers) _ = page.Empty("path", ("class", "dots"), ("d", string.Concat(places.Select(p => $"M{p.X} {p.Y}h0"))));
        else
        {
            _ = page.Empty("polyline", ("class", "trend"), ("points", string.Join(' ', places.Select(p => $"{p.X},{p.Y}"))));
            for (int i = 0; i < points.Length; i++) Draw(page, chart, y, points[i], x.Place(values[i]), parameter);
        }
        chart.Bottom(x, Short(parameter, 40) + (x.IsLogarithmic ? " (logarithmic)" : ""));
        chart.End();
    }

    private static void DrawWords(Markup page, MeanPoint[] points, Axis y, string title, string parameter, string metric)
    {
        string[] labels = Labels([.. points.Select(p => VisibleText.Of(p.Label))]);
        Tick[] names = [.. labels.Select((label, i) => new Tick((i + 0.5) / points.Length, label))];
        double widest = names.Max(n => Chart.WidthOf(n.Label));
        bool isSlanted = widest + 6 > 340.0 / points.Length;
        Chart chart = Chart.Begin(page, title, Description(points), y, Short(metric, 40), isSlanted ? Math.Max(0, (widest * 0.65) - 12) : 0, isSlanted ? (widest * 0.77) - (170.0 / points.Length) : 0);
        for (int i = 0; i < points.Length; i++) Draw(page, chart, y, points[i], names[i].At, parameter);
        chart.Bottom(names, Short(parameter, 40), isSlanted);
        chart.End();
    }

    private static void Draw(Markup page, Chart chart, Axis y, MeanPoint point, double at, string parameter)
    {
        string x = Markup.N(chart.X(at));
        string error = point.Error is null ? "" : $" ± {ReportText.Number(point.Error)}";
        _ = page.Open("g").Element("title", $"{Short(parameter, 40)}={Short(point.Label, 60)}: {ReportText.Number(point.Mean)}{error} (n {ReportText.Count(point.Count)})");
        if (point.Error is { } se && double.IsFinite(point.Mean - se) && double.IsFinite(point.Mean + se))
        {
            double top = chart.Y(y.Place(point.Mean + se)), bottom = chart.Y(y.Place(point.Mean - se));
            double centre = chart.X(at);
            _ = page.Empty("path", ("class", "error"), ("d", $"M{x} {Markup.N(top)}V{Markup.N(bottom)}M{Markup.N(centre - 4)} {Markup.N(top)}h8M{Markup.N(centre - 4)} {Markup.N(bottom)}h8"));
        }
        _ = page.Empty("circle", ("class", "mean"), ("cx", x), ("cy", Markup.N(chart.Y(y.Place(point.Mean)))), ("r", "3.5")).Close();
    }

    private static string Description(MeanPoint[] points)
    {
        (MeanPoint least, MeanPoint most) = (points.MinBy(p => p.Mean)!, points.MaxBy(p => p.Mean)!);
        return $"{ReportText.Several(points.Length, "value")}; smallest mean {ReportText.Number(least.Mean)} at {Short(least.Label, 60)}, largest {ReportText.Number(most.Mean)} at {Short(most.Label, 60)}.";
    }

    private static MeanPoint? Point(AggregateGroup group, string parameter, string metric)
    {
        MetricSummary? summary = group.Metrics.FirstOrDefault(m => m.Name == metric);
        if (summary?.Mean is not { } mean || !double.IsFinite(mean)) return null;
        object? value = group.Key.GetValueOrDefault(parameter);
        string label = value is null ? "null" : PlainText.Of(value) is { Length: > 0 } text ? text : "(empty)";
        return new MeanPoint(value, label, mean, summary.StandardError, summary.Count);
    }

    // Names that begin alike are told apart by their ends.
    private static string[] Labels(string[] names)
    {
        string[] labels = [.. names.Select(n => VisibleText.Clip(n, MostLabel))];
        if (labels.Distinct(StringComparer.Ordinal).Count() == labels.Length) return labels;
        return [.. names.Select(n => n.Length <= MostLabel ? n : "…" + n[^(char.IsLowSurrogate(n[^(MostLabel - 1)]) ? MostLabel - 2 : MostLabel - 1)..])];
    }

    private static string Short(string text, int most) => VisibleText.Clip(VisibleText.Of(text), most);

    private sealed record MeanPoint(object? Value, string Label, double Mean, double? Error, long Count);
}
