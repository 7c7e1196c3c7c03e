using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Naming;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>Compares what an entry of <c>clusters.yaml</c> names with what the site has.</summary>
internal sealed class EntryChecks(SiteConfig site, CheckList checks)
{
    public void Look(SiteLimits limits)
    {
        LookAtPartitions(limits.Partitions);
        Compare(CheckName.Account, "account", site.Options.Account, limits.Accounts);
        Compare(CheckName.Qos, "qos", site.Options.Qos, [.. limits.Qualities.Select(q => q.Name)]);
        Compare(CheckName.ParallelEnvironment, "parallel_environment", site.Options.ParallelEnvironment, limits.ParallelEnvironments);
    }

    private void LookAtPartitions(IReadOnlyList<SitePartition> known)
    {
        bool isQueue = site.Options.Partition is null && site.Options.Queue is not null;
        string key = isQueue ? "queue" : "default_partition";
        if (known.Count == 0)
        {
            if ((site.Options.Partition ?? site.Options.Queue) is { } unknown) checks.Skip(CheckName.Partition, $"whether '{unknown}' is there is not known");
            return;
        }
        if ((site.Options.Partition ?? site.Options.Queue) is not { Length: > 0 } wanted)
        {
            LookAtDefault(known);
            return;
        }
        // Several may be named, and of a queue single hosts.
        string[] names = [.. wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(n => n.Split('@')[0])];
        if (names.FirstOrDefault(n => known.All(p => p.Name != n)) is { } missing)
        {
            Missing(CheckName.Partition, key, missing, [.. known.Select(p => p.Name)]);
            return;
        }
        string[] down = [.. names.Where(n => known.Any(p => p.Name == n && !p.IsUp))];
        string remedy = $"Name another one as '{key}' at {Place(key)}: {string.Join(", ", known.Where(p => p.IsUp).Select(p => p.Name))}; or wait.";
        if (down.Length == 0) checks.Pass(CheckName.Partition, wanted);
        else if (down.Length == names.Length) checks.Fail(CheckName.Partition, $"{wanted} is down: jobs would wait for ever", remedy);
        else checks.Warn(CheckName.Partition, $"of {wanted}, {string.Join(", ", down)} is down", remedy);
    }

    private void LookAtDefault(IReadOnlyList<SitePartition> known)
    {
        if (known.FirstOrDefault(p => p.IsDefault) is { } first)
        {
            if (first.IsUp) checks.Pass(CheckName.Partition, $"{first.Name}, the site's default");
            else checks.Fail(CheckName.Partition, $"{first.Name}, the site's default, is down", $"Name another one as 'default_partition' at {site.Origin}.");
        }
        else if (known.All(p => !p.IsUp))
        {
            checks.Fail(CheckName.Partition, $"all are down: {string.Join(", ", known.Select(p => p.Name))}", "Wait, or ask the site.");
        }
        else
        {
            checks.Pass(CheckName.Partition, $"the scheduler chooses of {string.Join(", ", known.Where(p => p.IsUp).Select(p => p.Name))}");
        }
    }

    private void Compare(string check, string key, string? wanted, IReadOnlyList<string> known)
    {
        if (wanted is not { Length: > 0 }) return;
        if (known.Count == 0) checks.Skip(check, $"the site does not tell whether '{wanted}' is there");
        else if (known.Contains(wanted, StringComparer.Ordinal)) checks.Pass(check, wanted);
        else Missing(check, key, wanted, known);
    }

    private void Missing(string check, string key, string name, IReadOnlyList<string> known) => checks.Fail(
        check, $"there is no {key} '{name}'.{NearestName.Suggestion(name, known)}", $"Correct '{key}' at {Place(key)}; the site has {string.Join(", ", known)}.");

    private string Place(string key) => site.Places.GetValueOrDefault(key, site.Origin);
}
