using System.Collections.ObjectModel;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>Requests of the tests, and a form of their results that shows every bit.</summary>
internal static class Experiment
{
    public static AggregationRequest Request(ResultSource source, long taskCount, params string[] groupBy) => new()
    {
        RunId = "r1",
        CmdSha = "c",
        IdentitySha = "i",
        TaskCount = taskCount,
        Tasks = Tasks(taskCount, i => ("lr", i % 2 == 0 ? 0.1 : 0.01), i => ("seed", i)),
        Source = source,
        GroupBy = groupBy,
    };

    public static IEnumerable<RunTask> Tasks(long count, params Func<long, (string Name, object? Value)>[] parameters)
    {
        for (long id = 0; id < count; id++)
            yield return new RunTask(id, parameters.Select(p => p(id)).ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal));
    }

    public static Task<Aggregate> RunAsync(AggregationRequest request) => Aggregator.AggregateAsync(request, CancellationToken.None);

    public static string Show(Aggregate aggregate) => string.Join('\n',
    [
        $"{aggregate.UsedCount}/{aggregate.TaskCount} missing {string.Join(',', aggregate.MissingTaskIds)}",
        .. aggregate.Problems.Select(problem => problem.ToString()),
        .. aggregate.Groups.SelectMany(group => group.Metrics.Select(metric =>
            $"{string.Join(',', group.Key)} {group.TaskCount} {group.MissingCount} "
            + metric with { Quantiles = ReadOnlyDictionary<double, double>.Empty } + string.Join(',', metric.Quantiles))),
    ]);
}
