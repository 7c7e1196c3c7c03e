using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Benchmarks;

/// <summary>Reduces prepared results in a fresh process, and says milliseconds and peak bytes.</summary>
internal static class ReduceProcess
{
    public static async Task RunAsync(string kind, string path)
    {
        long began = Stopwatch.GetTimestamp();
        bool isPacked = kind == "packed";
        long count = isPacked ? ReduceData.RecordCount(path) : ReduceData.FileCount(path);
        long perGroup = count / ReduceData.GroupCount;
        Aggregate result = await Aggregator.AggregateAsync(
            new AggregationRequest
            {
                RunId = "benchmark",
                CmdSha = "",
                IdentitySha = "",
                TaskCount = count,
                Tasks = [],
                GroupBy = ["g"],
                Groups = GroupsOf(count, perGroup),
                Source = isPacked ? new PackedResults([path]) : new ResultFiles(id => ReduceData.PathOf(path, id)),
            },
            CancellationToken.None);
        if (result.Groups.Count != ReduceData.GroupCount || result.UsedCount != count)
            throw new InvalidOperationException($"{result.Groups.Count} groups of {result.UsedCount} records");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} {OwnMemory.PeakBytes()}"));
    }

    // As the peers: the group of a task is computed from its number.
    private static Grouping GroupsOf(long count, long perGroup)
    {
        int[] groups = new int[count];
        for (long id = 0; id < count; id++) groups[id] = (int)(id / perGroup);
        return Grouping.Of(groups, [.. Enumerable.Range(0, ReduceData.GroupCount).Select(g => new Dictionary<string, object?>(StringComparer.Ordinal) { ["g"] = (long)g })]);
    }
}
