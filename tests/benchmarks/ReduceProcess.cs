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
                Tasks = TasksOf(count, perGroup),
                GroupBy = ["g"],
                Source = isPacked ? new PackedResults([path]) : new ResultFiles(id => ReduceData.PathOf(path, id)),
            },
            CancellationToken.None);
        if (result.Groups.Count != ReduceData.GroupCount || result.UsedCount != count)
            throw new InvalidOperationException($"{result.Groups.Count} groups of {result.UsedCount} records");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0} {OwnMemory.PeakBytes()}"));
    }

    private static IEnumerable<RunTask> TasksOf(long count, long perGroup)
    {
        for (long id = 0; id < count; id++)
            yield return new RunTask(id, new Dictionary<string, object?>(StringComparer.Ordinal) { ["g"] = id / perGroup });
    }
}
