namespace HpcAgent.Engine.Reporting;

/// <summary>What a histogram is of.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Quantity">What is on the axis.</param>
/// <param name="Unit">The unit of the axis.</param>
/// <param name="Limit">What was asked for, in seconds or bytes; null if nothing was.</param>
/// <param name="LimitText">The same in words.</param>
/// <param name="Note">A sentence about it.</param>
internal sealed record HistogramSubject(string Title, string Quantity, Unit Unit, double? Limit, string LimitText, string Note);

/// <summary>How many tasks took how much, with what was asked for as a line.</summary>
internal static class HistogramChart
{
    // A limit far above all that was used would leave the bars no room.
    private const double MostRoomForLimit = 3;

    /// <summary>Draws a histogram.</summary>
    /// <param name="page">Where to.</param>
    /// <param name="subject">What it is of.</param>
    /// <param name="values">The values, in seconds or bytes, each with whether its task completed.</param>
    public static void Write(Markup page, HistogramSubject subject, IReadOnlyList<(double Value, bool IsComplete)> values)
    {
        IReadOnlyList<Bin> bins = Bins.Of([.. values.Select(v => (v.Value / subject.Unit.Size, v.IsComplete))]);
        double? limit = subject.Limit / subject.Unit.Size;
        bool isBeyond = limit > bins[^1].High * MostRoomForLimit || limit < bins[0].Low;
        // Bins at equal ratios were made where these are all above zero.
        bool isLogarithmic = bins[0].Low > 0 && bins[^1].High / bins[0].Low >= 100 && bins.Count > 1;
        double high = limit is { } line && !isBeyond ? Math.Max(bins[^1].High, line) : bins[^1].High;
        Axis x = Axis.Tight(bins[0].Low, high, isLogarithmic, 7), y = Axis.Counts(bins.Max(b => b.Count));
        string beyond = limit is null ? "" : isBeyond ? $" Asked for: {subject.LimitText}, beyond the axis." : $" Asked for: {subject.LimitText}.";
        Figure.Begin(page, subject.Title, isBeyond ? subject.Note + beyond : subject.Note, Legend(bins, limit is not null && !isBeyond));
        Chart chart = Chart.Begin(page, subject.Title, $"{ReportText.Several(values.Count, "task")} in {ReportText.Several(bins.Count, "bin")}. {subject.Note}{beyond}", y, "tasks");
        foreach (Bin bin in bins) Bar(page, chart, x, y, bin, subject.Unit.Name);
        if (limit is { } asked && !isBeyond) Line(page, chart, x.Place(asked), subject.LimitText);
        chart.Bottom(x, $"{subject.Quantity} ({subject.Unit.Name}{(isLogarithmic ? ", logarithmic" : "")})");
        chart.End();
        Figure.End(page, subject.Title, [$"from ({subject.Unit.Name})", "to", "complete", "not successful"], bins.Where(b => b.Count > 0).Select(b => (IReadOnlyList<string>)
            [ReportText.Number(b.Low), ReportText.Number(b.High), ReportText.Count(b.CompleteCount), ReportText.Count(b.OtherCount)]));
    }

    private static (string Class, string Name)[] Legend(IReadOnlyList<Bin> bins, bool hasLimit)
    {
        List<(string, string)> legend = [];
        if (bins.Any(b => b.CompleteCount > 0)) legend.Add(("c-complete", "complete"));
        if (bins.Any(b => b.OtherCount > 0)) legend.Add(("c-failed", "not successful"));
        if (hasLimit) legend.Add(("c-limit", "asked for"));
        return [.. legend];
    }

    private static void Bar(Markup page, Chart chart, Axis x, Axis y, Bin bin, string unit)
    {
        if (bin.Count == 0) return;
        double left = chart.X(x.Place(bin.Low)), width = Math.Max(1, chart.X(x.Place(bin.High)) - left - 1);
        _ = page.Open("g").Element("title", $"{ReportText.Number(bin.Low)} to {ReportText.Number(bin.High)} {unit}: {ReportText.Several(bin.Count, "task")}");
        Part(page, chart, left, width, 0, y.Place(bin.CompleteCount), "c-complete");
        Part(page, chart, left, width, y.Place(bin.CompleteCount), y.Place(bin.Count), "c-failed");
        _ = page.Close();
    }

    private static void Part(Markup page, Chart chart, double left, double width, double from, double to, string kind)
    {
        if (to <= from) return;
        // A single task among thousands is to be seen too.
        double top = Math.Min(chart.Y(to), chart.Y(from) - 1);
        _ = page.Empty("rect", ("class", kind), ("x", Markup.N(left)), ("y", Markup.N(top)), ("width", Markup.N(width)), ("height", Markup.N(chart.Y(from) - top)));
    }

    private static void Line(Markup page, Chart chart, double at, string text)
    {
        string x = Markup.N(chart.X(at));
        bool isLeft = chart.X(at) + Chart.WidthOf(text) + 70 > chart.X(1);
        _ = page.Empty("line", ("class", "limit"), ("x1", x), ("x2", x), ("y1", Markup.N(chart.Y(1) - 8)), ("y2", Markup.N(chart.Y(0))));
        _ = page.Element("text", $"asked for {text}", ("x", Markup.N(chart.X(at) + (isLeft ? -5 : 5))), ("y", Markup.N(chart.Y(1) - 2)), ("text-anchor", isLeft ? "end" : "start"));
    }
}
