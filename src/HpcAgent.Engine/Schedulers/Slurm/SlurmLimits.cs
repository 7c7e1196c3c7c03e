using System.Globalization;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>What Slurm enforces: its configuration, partitions, nodes, and the user's associations and qualities of service.</summary>
internal static class SlurmLimits
{
    private const long Mebibyte = 1L << 20;

    public static string Query { get; } =
        SectionText.Render("config", QueryText.Bounded + "scontrol show config")
        + SectionText.Render("partitions", QueryText.Bounded + "scontrol -o show partition")
        + SectionText.Render("nodes", QueryText.Bounded + "sinfo -h -N -o '%m|%c'")
        + SectionText.Render("user", QueryText.Bounded + "sacctmgr -n -P show user \"$(id -un)\" format=DefaultAccount")
        + SectionText.Render("assoc", QueryText.Bounded + "sacctmgr -n -P show assoc \"user=$(id -un)\" format=Account,Partition,QOS,DefaultQOS,MaxJobs,MaxSubmit,GrpJobs,GrpSubmit,MaxWall")
        + SectionText.Render("qos", QueryText.Bounded + "sacctmgr -n -P show qos format=Name,MaxJobsPU,MaxSubmitPU,GrpJobs,GrpSubmit,MaxWall");

    public static SiteLimits Parse(string output)
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> sections = SectionText.Parse(output);
        IReadOnlyList<string> config = sections.Lines("config");
        List<Dictionary<string, string>> partitions = [.. Records(sections.Lines("partitions"))];
        Dictionary<string, string>? first = partitions.Find(p => p.GetValueOrDefault("Default") == "YES") ?? partitions.FirstOrDefault();
        string[][] nodes = [.. sections.Lines("nodes").Select(line => line.Split('|'))];
        SiteQos[] qos = [.. sections.Lines("qos").Select(ReadQos).OfType<SiteQos>()];
        SiteQos? own = Association(sections, qos);
        TimeSpan? partitionLimit = first is null ? null : SchedulerText.Time(first.GetValueOrDefault("MaxTime", ""));
        return new SiteLimits
        {
            Version = Setting(config, "SLURM_VERSION"),
            MaxArrayIndex = Number(Setting(config, "MaxArraySize")) is { } size and > 0 ? size - 1 : null,
            MaxSubmittedElements = own?.MaxSubmittedElements,
            MaxRunningElements = own?.MaxRunningElements,
            MaxWalltime = Least(partitionLimit, own?.MaxWalltime),
            DefaultWalltime = first is null ? null : SchedulerText.Time(first.GetValueOrDefault("DefaultTime", "")),
            MaxNodeMemoryBytes = nodes.Select(n => Number(n[0])).Max() * Mebibyte,
            MaxNodeProcessors = (int?)nodes.Select(n => n.Length > 1 ? Number(n[1]) : null).Max(),
            Partitions = [.. partitions.Select(p => Partition(p, p == first)).OrderByDescending(p => p.IsDefault)],
            Qualities = qos,
            Accounts = [.. sections.Lines("assoc").Select(line => line.Split('|')[0]).Where(a => a.Length > 0).Distinct(StringComparer.Ordinal)],
        };
    }

    private static SitePartition Partition(Dictionary<string, string> fields, bool isDefault) => new(
        fields["PartitionName"], fields.GetValueOrDefault("State", "UP") == "UP", SchedulerText.Time(fields.GetValueOrDefault("MaxTime", "")), isDefault);

    // The association of the default account over all partitions, together with its default quality of service, each limit the stricter of both.
    private static SiteQos? Association(IReadOnlyDictionary<string, IReadOnlyList<string>> sections, SiteQos[] qos)
    {
        string account = sections.Lines("user").FirstOrDefault(line => !line.Contains('|', StringComparison.Ordinal)) ?? "";
        string[][] rows = [.. sections.Lines("assoc").Select(line => line.Split('|')).Where(row => row.Length >= 9 && row[1].Length == 0)];
        string[]? row = rows.FirstOrDefault(r => r[0] == account) ?? rows.FirstOrDefault();
        if (row is null) return null;
        string name = row[3].Length > 0 ? row[3] : row[2].Split(',').Length == 1 ? row[2] : "";
        SiteQos? quality = qos.FirstOrDefault(q => q.Name == name);
        return new SiteQos(
            name,
            Least(Least(Number(row[5]), Number(row[7])), quality?.MaxSubmittedElements),
            Least(Least(Number(row[4]), Number(row[6])), quality?.MaxRunningElements),
            Least(SchedulerText.Time(row[8]), quality?.MaxWalltime));
    }

    private static SiteQos? ReadQos(string line)
    {
        string[] row = line.Split('|');
        return row.Length < 6 ? null : new SiteQos(row[0], Least(Number(row[2]), Number(row[4])), Least(Number(row[1]), Number(row[3])), SchedulerText.Time(row[5]));
    }

    // One record a line (scontrol -o), or a block that begins with its name.
    private static IEnumerable<Dictionary<string, string>> Records(IReadOnlyList<string> lines)
    {
        Dictionary<string, string>? record = null;
        foreach (string word in lines.SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) continue;
            if (word.StartsWith("PartitionName=", StringComparison.Ordinal))
            {
                if (record is not null) yield return record;
                record = new(StringComparer.Ordinal);
            }
            record?.TryAdd(word[..equals], word[(equals + 1)..]);
        }
        if (record is not null) yield return record;
    }

    private static string? Setting(IReadOnlyList<string> config, string name)
    {
        string? line = config.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal) && l[name.Length..].TrimStart().StartsWith('='));
        return line?[(line.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static long? Number(string? text) =>
        long.TryParse(text?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static T? Least<T>(T? one, T? other)
        where T : struct, IComparable<T> =>
        one is null ? other : other is null || one.Value.CompareTo(other.Value) <= 0 ? one : other;
}
