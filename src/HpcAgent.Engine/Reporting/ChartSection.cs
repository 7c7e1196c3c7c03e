namespace HpcAgent.Engine.Reporting;

/// <summary>The course of a run, and what its tasks used.</summary>
internal static class ChartSection
{
    /// <summary>Writes the charts.</summary>
    public static void Write(Markup page, ReportData data)
    {
        RunEfficiency use = data.Efficiency;
        _ = page.Open("section", ("aria-labelledby", "course")).Element("h2", "Course and use", ("id", "course")).Open("div", ("class", "grid"));
        TimelineChart.Write(page, data);
        if (data.Tasks.Seconds.Count == 0) Figure.Nothing(page, "How long tasks took", "No task has ended yet of which the time is known.");
        else
        {
            HistogramChart.Write(
                page,
                new HistogramSubject(
                    "How long tasks took", "time", Unit.OfTime(data.Tasks.Seconds.Max(s => s.Value)), use.Asked.Walltime?.TotalSeconds,
                    use.Asked.Walltime is { } limit ? ReportText.Duration(limit) : "", Times(use)),
                data.Tasks.Seconds);
        }
        if (data.Tasks.Bytes.Count == 0) Figure.Nothing(page, "Peak memory of tasks", "The memory of no task was measured.");
        else
        {
            HistogramChart.Write(
                page,
                new HistogramSubject(
                    "Peak memory of tasks", "peak memory", Unit.OfBytes(data.Tasks.Bytes.Max(b => b.Value)), use.Asked.MemoryBytes,
                    use.Asked.MemoryBytes is { } memory ? Planning.MemorySize.Format(memory) : "", Memory(use)),
                data.Tasks.Bytes);
        }
        UseTable.Write(page, use);
        _ = page.Close().Close();
    }

    private static string Times(RunEfficiency use) => use.MedianElapsed is { } median && use.LongestElapsed is { } longest
        ? $"Complete tasks: median {ReportText.Duration(median)}, longest {ReportText.Duration(longest)}."
        : "No task is complete.";

    private static string Memory(RunEfficiency use) =>
        $"Largest {Planning.MemorySize.Format(use.PeakMemoryBytes ?? 0)}, known of {ReportText.Several(use.PeakMemoryCount, "task")}.";
}
