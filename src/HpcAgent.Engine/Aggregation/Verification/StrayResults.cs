using System.Globalization;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Result folders of tasks that a run does not have.</summary>
internal static class StrayResults
{
    /// <summary>The ids, ascending; none where a template names the folders, since those do not say of which task they are.</summary>
    /// <param name="results">The results, one folder a task.</param>
    public static IReadOnlyList<long> In(RunResults results)
    {
        if (!ResultFolder.Parse(results.Sidecar?.ResultDirTemplate, results.RunId).IsDefault || !Directory.Exists(results.Folder)) return [];
        SortedSet<long> found = [];
        foreach (string shard in Directory.EnumerateDirectories(results.Folder))
        {
            if (!IsNumber(Path.GetFileName(shard), out long number)) continue;
            // Of whole shards before the last one nothing can be too many.
            if ((number + 1) * RunLayout.ShardSize <= results.TaskCount) continue;
            foreach (string task in Directory.EnumerateDirectories(shard))
                if (IsNumber(Path.GetFileName(task), out long id) && id >= results.TaskCount) _ = found.Add(id);
        }
        return [.. found];
    }

    private static bool IsNumber(string name, out long number) => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
