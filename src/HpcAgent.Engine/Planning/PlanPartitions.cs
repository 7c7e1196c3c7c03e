using System.Buffers;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Planning;

/// <summary>The partitions or queues that a request names, among those that the site has told.</summary>
internal static class PlanPartitions
{
    private static readonly SearchValues<char> s_pattern = SearchValues.Create("*?[!|&");

    /// <summary>Finds them; none where the request names none, or the site has told none.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: the site has no such partition.</exception>
    public static IReadOnlyList<SitePartition> Find(PlanLimits limits, SchedulerOptions options)
    {
        bool isSlurm = limits.Site.Scheduler == "slurm";
        string? wanted = isSlurm ? options.Partition : options.Queue;
        IReadOnlyList<SitePartition> known = limits.All.Partitions;
        if (wanted is null || known.Count == 0) return [];
        List<SitePartition> found = [];
        foreach (string item in wanted.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            // Grid Engine also takes queue@host and patterns.
            string name = isSlurm ? item : item.Split('@')[0];
            if (!isSlurm && name.AsSpan().ContainsAny(s_pattern)) return [];
            found.Add(known.FirstOrDefault(p => p.Name == name) ?? throw Unknown(limits, name, isSlurm ? "partition" : "queue"));
        }
        return found;
    }

    /// <summary>What is odd about them.</summary>
    public static IEnumerable<string> Warnings(PlanLimits limits)
    {
        foreach (SitePartition partition in limits.Partitions)
        {
            if (!partition.IsUp) yield return $"warning: {partition.Name} is down ({limits.Asked}): nothing starts there until it is up again";
            if (limits.Site.Limits.MaxWalltime is { } configured && partition.MaxWalltime < configured)
                yield return $"warning: {partition.Name} allows {DurationText.Format(partition.MaxWalltime.Value)} ({limits.Asked}), less than {DurationText.Format(configured)} ({limits.CapSource})";
        }
    }

    /// <summary>Other partitions that allow a time, as advice, or nothing.</summary>
    public static string Longer(PlanLimits limits, TimeSpan time)
    {
        string[] names = [.. limits.All.Partitions.Where(p => p.IsUp && (p.MaxWalltime is null || p.MaxWalltime >= time)).Select(p => p.Name).Take(5)];
        return names.Length == 0 ? "" : $" It is allowed in: {string.Join(", ", names)}.";
    }

    private static HpcException Unknown(PlanLimits limits, string name, string kind)
    {
        string[] names = [.. limits.All.Partitions.Select(p => p.Name)];
        string shown = names.Length <= 20 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(20))} and {names.Length - 20} more";
        return new HpcException(
            ErrorCode.SpecInvalid,
            $"{limits.Cluster} has no {kind} '{name}' ({limits.Asked}).{NearestName.Suggestion(name, names)}",
            $"Name one of: {shown}. If the site has changed, ask it again: Get-HpcCluster {limits.Cluster} -Refresh.");
    }
}
