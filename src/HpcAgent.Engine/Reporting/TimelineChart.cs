using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Reporting;

/// <summary>How many tasks were in which state over time, as stacked steps.</summary>
internal static class TimelineChart
{
    private const string Title = "Tasks over time";
    private const int ShownRows = 12;

    private static readonly (TaskLayer Layer, string Class, string Name)[] s_layers =
    [
        (TaskLayer.Complete, "c-complete", "complete"),
        (TaskLayer.Unsuccessful, "c-failed", "not successful"),
        (TaskLayer.Running, "c-running", "running"),
        (TaskLayer.Waiting, "c-waiting", "waiting"),
        (TaskLayer.Unknown, "c-unknown", "unknown"),
    ];

    /// <summary>Draws the history of a run.</summary>
    public static void Write(Markup page, ReportData data)
    {
        IReadOnlyList<HistoryPoint> points = data.Tasks.History.Points();
        double seconds = Math.Max(0.001, (points[^1].At - points[0].At).TotalSeconds);
        Unit unit = Unit.OfTime(seconds);
        // What the last moment changed is to be seen too.
        double shownSeconds = data.Status.State == LifecycleState.InFlight ? seconds : seconds * 1.03;
        HistoryPoint[] drawn = [.. points, points[^1] with { At = points[0].At.AddSeconds(shownSeconds) }];
        Axis x = Axis.Tight(0, shownSeconds / unit.Size, isLogarithmic: false, 7), y = Axis.Counts(data.Run.TaskCount);
        (TaskLayer Layer, string Class, string Name)[] shown = [.. s_layers.Where(l => points.Any(p => p.Counts[(int)l.Layer] > 0))];
        Figure.Begin(page, Title, Note(data), [.. shown.Select(l => (l.Class, l.Name))]);
        Chart chart = Chart.Begin(page, Title, Words(points[^1], seconds), y, "tasks");
        double[] below = new double[drawn.Length];
        foreach ((TaskLayer layer, string kind, string name) in s_layers)
        {
            double[] above = [.. drawn.Select((p, i) => below[i] + p.Counts[(int)layer])];
            if (Array.Exists(shown, l => l.Layer == layer))
                _ = page.Open("path", ("class", kind), ("d", Steps(chart, x, y, drawn, below, above, unit))).Element("title", name).Close();
            below = above;
        }
        chart.Bottom(x, $"time since {(points[0].At.ToUnixTimeMilliseconds() < data.Run.SubmittedAt.ToUnixTimeMilliseconds() ? "the first start" : "submission")} ({unit.Name})");
        chart.End();
        Figure.End(page, Title, [$"after ({unit.Name})", .. shown.Select(l => l.Name)], Rows(points, shown, unit));
    }

    private static string Note(ReportData data)
    {
        List<string> notes = [];
        if (data.Tasks.RepeatedCount > 0) notes.Add($"{ReportText.Several(data.Tasks.RepeatedCount, "task")} ran more than once; the last attempt is shown.");
        if (data.Tasks.History.IsSampled) notes.Add("Sampled at 301 equally spaced moments.");
        if (data.Status.State == LifecycleState.InFlight) notes.Add("The run goes on.");
        return notes.Count == 0 ? "Each step is the start or the end of a task." : string.Join(' ', notes);
    }

    private static string Words(HistoryPoint last, double seconds) =>
        $"After {ReportText.Duration(TimeSpan.FromSeconds(seconds))}: {string.Join(", ", s_layers.Where(l => last.Counts[(int)l.Layer] > 0).Select(l => $"{ReportText.Count(last.Counts[(int)l.Layer])} {l.Name}"))}.";

    private static string Steps(Chart chart, Axis x, Axis y, HistoryPoint[] points, double[] below, double[] above, Unit unit)
    {
        StringBuilder path = new();
        double At(int i) => chart.X(x.Place((points[i].At - points[0].At).TotalSeconds / unit.Size));
        _ = path.Append(CultureInfo.InvariantCulture, $"M{Markup.N(At(0))} {Markup.N(chart.Y(y.Place(above[0])))}");
        for (int i = 1; i < points.Length; i++)
        {
            if (above[i] == above[i - 1] && i < points.Length - 1) continue;
            _ = path.Append(CultureInfo.InvariantCulture, $"H{Markup.N(At(i))}V{Markup.N(chart.Y(y.Place(above[i])))}");
        }
        _ = path.Append(CultureInfo.InvariantCulture, $"V{Markup.N(chart.Y(y.Place(below[^1])))}");
        for (int i = points.Length - 2; i >= 0; i--)
        {
            // What lies below holds from its own moment on, so that going back it changes at the moment of the later point.
            if (below[i] == below[i + 1] && i > 0) continue;
            _ = path.Append(CultureInfo.InvariantCulture, $"H{Markup.N(At(i + 1))}V{Markup.N(chart.Y(y.Place(below[i])))}");
        }
        return path.Append(CultureInfo.InvariantCulture, $"H{Markup.N(At(0))}Z").ToString();
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(IReadOnlyList<HistoryPoint> points, (TaskLayer Layer, string Class, string Name)[] shown, Unit unit)
    {
        int rows = Math.Min(ShownRows, points.Count - 1);
        IEnumerable<int> places = rows == 0 ? [0] : Enumerable.Range(0, rows + 1).Select(i => i * (points.Count - 1) / rows);
        foreach (HistoryPoint point in places.Select(i => points[i]))
        {
            yield return [
                ReportText.Number((point.At - points[0].At).TotalSeconds / unit.Size),
                .. shown.Select(l => ReportText.Count(point.Counts[(int)l.Layer]))];
        }
    }
}
