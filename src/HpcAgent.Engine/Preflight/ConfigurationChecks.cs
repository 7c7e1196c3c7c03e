using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Preflight;

/// <summary>Checks what <c>clusters.yaml</c> says of a cluster. They cost no connection.</summary>
internal static class ConfigurationChecks
{
    /// <summary>Checks an entry of the file.</summary>
    /// <param name="checks">Where the checks go.</param>
    /// <param name="sites">The file.</param>
    /// <param name="name">The cluster.</param>
    /// <returns>True if the cluster can be asked.</returns>
    public static bool Look(CheckList checks, SiteCatalogue sites, string name)
    {
        IReadOnlyList<SiteEntry> entries;
        try
        {
            entries = sites.Entries;
            checks.Pass(CheckName.ConfigurationParses, entries.Count == 0 ? $"{sites.FilePath ?? "the file"} names no cluster, or is not there" : $"{sites.FilePath} names {entries.Count}");
        }
        catch (HpcException e)
        {
            checks.Fail(CheckName.ConfigurationParses, e.Message, e.Remediation);
            checks.Skip(CheckName.ClusterKnown, "the file cannot be read");
            return false;
        }
        if (entries.FirstOrDefault(e => e.Name == name) is not { } entry)
        {
            string[] known = [.. entries.Select(e => e.Name).Prepend("local")];
            checks.Fail(
                CheckName.ClusterKnown,
                $"there is no cluster named '{name}'.{NearestName.Suggestion(name, known)}",
                $"Known clusters: {string.Join(", ", known)}. Others are described in {sites.FilePath ?? "~/.hpc-agent/clusters.yaml"}.");
            return false;
        }
        checks.Pass(CheckName.ClusterKnown, entry.Origin);
        return IsValid(checks, entry);
    }

    private static bool IsValid(CheckList checks, SiteEntry entry)
    {
        if (entry.Problem is { } problem)
        {
            bool isTemplate = problem.Message.Contains(SitePlaceholders.Words, StringComparison.Ordinal);
            checks.Fail(isTemplate ? CheckName.Customized : CheckName.ConfigurationValid, problem.Message, problem.Remediation);
            return false;
        }
        checks.Pass(CheckName.Customized, "no placeholder is left");
        if (entry.Config!.Notes.Count == 0) checks.Pass(CheckName.ConfigurationValid, $"{entry.Config.Scheduler}, {entry.Config.Host ?? "this machine"}");
        else checks.Warn(CheckName.ConfigurationValid, string.Join("; ", entry.Config.Notes), "Remove the keys, or leave them for the original.");
        return true;
    }
}
