using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>What Grid Engine enforces: global configuration, scheduler configuration, queues, parallel environments and hosts.</summary>
internal static class GridEngineLimits
{
    public static string Query { get; } =
        SectionText.Render("version", QueryText.Bounded + "qstat -help | head -n 1")
        + SectionText.Render("config", QueryText.Bounded + "qconf -sconf")
        + SectionText.Render("scheduler", QueryText.Bounded + "qconf -ssconf")
        + SectionText.Render("queues", QueryText.Bounded + "qconf -sql")
        + SectionText.Render("queue", QueryText.Bounded + "qconf -sq '*'")
        + SectionText.Render("load", QueryText.Bounded + "qstat -g c")
        // Each call takes a tenth of a second and more.
        + SectionText.Render("pe", "for hpc_pe in $(" + QueryText.Bounded + "qconf -spl | head -n 40); do " + QueryText.Bounded + "qconf -sp \"$hpc_pe\"; done")
        + SectionText.Render("hosts", QueryText.Bounded + "qhost");

    public static SiteLimits Parse(string output)
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> sections = SectionText.Parse(output);
        IReadOnlyList<string> config = sections.Lines("config");
        SitePartition[] queues = [.. Queues(sections)];
        (long? memory, int? processors) = Hosts(sections.Lines("hosts"));
        long?[] running = [Limit(config, "max_aj_instances"), Limit(sections.Lines("scheduler"), "maxujobs")];
        return new SiteLimits
        {
            Version = sections.Lines("version") is [string version, ..] ? version.Trim() : null,
            MaxArrayIndex = Limit(config, "max_aj_tasks"),
            MaxJobs = Limit(config, "max_u_jobs"),
            MaxRunningElements = running.Min(),
            MaxWalltime = queues.Length == 0 || queues.Any(q => q.MaxWalltime is null) ? null : queues.Max(q => q.MaxWalltime),
            MaxNodeMemoryBytes = memory,
            MaxNodeProcessors = processors,
            Partitions = queues,
            ParallelEnvironments = Environments(sections.Lines("pe")),
        };
    }

    // 0 is no limit.
    private static long? Limit(IReadOnlyList<string> lines, string name) =>
        long.TryParse(Setting(lines, name), NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0 ? number : null;

    private static string? Setting(IReadOnlyList<string> lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal))?[name.Length..].Trim();

    private static IEnumerable<SitePartition> Queues(IReadOnlyDictionary<string, IReadOnlyList<string>> sections)
    {
        IReadOnlyList<string> load = sections.Lines("load");
        List<List<string>> blocks = Blocks(sections.Lines("queue"), "qname ");
        foreach (string name in sections.Lines("queues").Select(line => line.Trim()))
        {
            List<string>? block = blocks.Find(b => Setting(b, "qname") == name);
            // A list with exceptions for single hosts, "24:00:00,[@long=96:00:00]", begins with what holds for the rest.
            string time = block is null ? "" : (Setting(block, "h_rt") ?? "").Split(',')[0];
            yield return new SitePartition(name, IsUp(load, name), Time(time), false);
        }
    }

    // CLUSTER QUEUE CQLOAD USED RES AVAIL TOTAL aoACDS cdsuE: up while not all of its slots are disabled, unreachable or in error.
    private static bool IsUp(IReadOnlyList<string> load, string name)
    {
        string[]? row = load.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(r => r.Length >= 8 && r[0] == name);
        return row is null || !long.TryParse(row[^3], NumberStyles.None, CultureInfo.InvariantCulture, out long total)
            || !long.TryParse(row[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long down) || down < total;
    }

    private static string[] Environments(IReadOnlyList<string> lines) =>
    [
        .. Blocks(lines, "pe_name ")
            .OrderByDescending(block => Setting(block, "allocation_rule") == "$pe_slots")
            .Select(block => Setting(block, "pe_name") ?? "")
            .Where(name => name.Length > 0),
    ];

    private static List<List<string>> Blocks(IReadOnlyList<string> lines, string first)
    {
        List<List<string>> blocks = [];
        foreach (string line in lines)
        {
            if (line.StartsWith(first, StringComparison.Ordinal)) blocks.Add([]);
            if (blocks.Count > 0) blocks[^1].Add(line);
        }
        return blocks;
    }

    // The columns stand elsewhere in each version; their names do not change.
    private static (long? Memory, int? Processors) Hosts(IReadOnlyList<string> lines)
    {
        if (lines.Count == 0) return (null, null);
        string[] names = lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        (int memory, int processors) = (Array.IndexOf(names, "MEMTOT"), Array.IndexOf(names, "NCPU"));
        string[][] rows = [.. lines.Skip(1).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(row => row.Length == names.Length)];
        return (
            memory < 0 ? null : rows.Select(row => SchedulerText.Bytes(Encoding.UTF8.GetBytes(row[memory]))).Max(),
            processors < 0 ? null : rows.Select(row => int.TryParse(row[processors], NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : (int?)null).Max());
    }

    // 24:00:00, seconds, or INFINITY.
    private static TimeSpan? Time(string text)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)) return TimeSpan.FromSeconds(seconds);
        return text.Count(c => c == ':') == 2 ? SchedulerText.Time(text) : null;
    }
}
