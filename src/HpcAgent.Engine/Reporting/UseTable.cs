using HpcAgent.Engine.Planning;

namespace HpcAgent.Engine.Reporting;

/// <summary>What each task asked for, beside what was used of it and what to ask for next time.</summary>
internal static class UseTable
{
    private const string Title = "Asked for and used";

    /// <summary>Writes the table.</summary>
    public static void Write(Markup page, RunEfficiency use)
    {
        _ = page.Open("figure", ("class", "wide")).Open("figcaption").Element("strong", Title).Element("span", "Of each task: the largest memory, the longest time. The notes say what the suggestion rests on.", ("class", "note")).Close();
        DataTable.Write(page, Title, ["", "asked for", "used", "of it", "next time"], Rows(use));
        _ = page.Close();
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(RunEfficiency use)
    {
        (ResourceRequest asked, ResourceRequest next) = (use.Asked, use.Suggested);
        double? busy = use.CpuEfficiency * asked.Cpus;
        yield return ["processors", ReportText.Count(asked.Cpus), busy is { } b ? ReportText.Number(Math.Round(b, 2)) : "-", Part(use.CpuEfficiency), ReportText.Count(next.Cpus)];
        yield return ["memory", Bytes(asked.MemoryBytes), Bytes(use.PeakMemoryBytes), Part(use.MemoryEfficiency), Bytes(next.MemoryBytes)];
        yield return ["time", Time(asked.Walltime), Time(use.LongestElapsed), Part(use.WalltimeEfficiency), Time(next.Walltime)];
    }

    private static string Part(double? part) => part is { } known ? ReportText.Percent(known) : "-";

    private static string Bytes(long? bytes) => bytes is { } known ? MemorySize.Format(known) : "-";

    private static string Time(TimeSpan? time) => time is { } known ? ReportText.Duration(known) : "-";
}
