using System.IO.Enumeration;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// Makes a table of an aggregate: the grouping parameters, <c>TaskCount</c>, <c>MissingCount</c>, and for each metric its mean under
/// the metric's own name, then <c>&lt;metric&gt;_sd</c> and <c>&lt;metric&gt;_n</c>; or, if statistics are chosen, each as
/// <c>&lt;metric&gt;_&lt;statistic&gt;</c>.
/// </summary>
public static class AggregateRows
{
    private static readonly Statistic s_mean = Statistic.Parse("mean");
    private static readonly Statistic s_deviation = Statistic.Parse("sd");
    private static readonly Statistic s_count = Statistic.Parse("n");

    /// <summary>The quantiles that must be computed for these statistics.</summary>
    /// <param name="statistics">The names of statistics.</param>
    /// <returns>The probabilities, ascending.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: there is no such statistic.</exception>
    public static IReadOnlyList<double> Probabilities(IEnumerable<string> statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        return [.. statistics.Select(name => Statistic.Parse(name).Probability).OfType<double>().Distinct().Order()];
    }

    /// <summary>Makes the table.</summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="statistics">The names of the statistics wanted; none gives mean, sd and n in their short form.</param>
    /// <param name="prefix">What to put before each metric's name.</param>
    /// <param name="metrics">Names of the metrics wanted, in which <c>*</c> and <c>?</c> stand for any text and any character; none gives all.</param>
    /// <param name="marksPartial">True for a column <c>IsPartial</c>, which is true while tasks of the run are missing.</param>
    /// <returns>The table; its metrics are in the order of the names wanted, else sorted by name, and the same in all rows.</returns>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: two columns have one name, or there is no such statistic or metric, or it was not computed.
    /// </exception>
    public static AggregateTable Create(
        Aggregate aggregate, IReadOnlyList<string>? statistics = null, string prefix = "", IReadOnlyList<string>? metrics = null, bool marksPartial = false)
    {
        ArgumentNullException.ThrowIfNull(aggregate);
        List<Column> columns = Columns(aggregate, Chosen(MetricNames(aggregate), metrics ?? []), [.. (statistics ?? []).Select(Statistic.Parse)], prefix);
        if (marksPartial) columns.Insert(aggregate.GroupBy.Count + 2, new Column("IsPartial", "whether tasks are missing", false, (_, _) => !aggregate.IsComplete));
        CheckNames(columns);
        return Fill(aggregate, columns);
    }

    /// <summary>
    /// Makes the table in its short form whatever the names are: a column whose name another before it has, without regard to case, gets <c>metric.</c> before its own, as often as it takes.
    /// Columns of parameters come first, so that only the others are renamed; what they are called depends on the names alone.
    /// </summary>
    /// <param name="aggregate">The aggregate.</param>
    /// <param name="metrics">As for <see cref="Create"/>.</param>
    /// <returns>The table, and a sentence for each column that was renamed.</returns>
    internal static (AggregateTable Table, IReadOnlyList<string> Renamed) CreateDistinct(Aggregate aggregate, IReadOnlyList<string> metrics)
    {
        List<Column> columns = Columns(aggregate, Chosen(MetricNames(aggregate), metrics), [], "");
        string[] names = ColumnNames.Distinct([.. columns.Select(column => column.Name)]);
        List<string> renamed = [];
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] == columns[i].Name) continue;
            renamed.Add($"{columns[i].Meaning} is in the column {names[i]}, because {columns[i].Name} is another");
            columns[i] = columns[i] with { Name = names[i] };
        }
        return (Fill(aggregate, columns), renamed);
    }

    /// <summary>The names of all metrics, sorted.</summary>
    internal static string[] MetricNames(Aggregate aggregate) =>
        [.. aggregate.Groups.SelectMany(group => group.Metrics).Select(metric => metric.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static AggregateTable Fill(Aggregate aggregate, List<Column> columns)
    {
        List<IReadOnlyList<object?>> rows = new(aggregate.Groups.Count);
        foreach (AggregateGroup group in aggregate.Groups)
        {
            Dictionary<string, MetricSummary> found = group.Metrics.ToDictionary(metric => metric.Name, StringComparer.Ordinal);
            object?[] row = [.. columns.Select(column => column.Value(group, found))];
            rows.Add(row);
        }
        return new AggregateTable([.. columns.Select(column => column.Name)], rows);
    }

    internal static string[] Chosen(IReadOnlyList<string> names, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0) return [.. names];
        List<string> chosen = [];
        foreach (string pattern in wanted)
        {
            // Of names that differ in case only, the one that is written exactly so is meant.
            string[] matches = names.Contains(pattern, StringComparer.Ordinal) ? [pattern]
                : [.. names.Where(name => FileSystemName.MatchesSimpleExpression(pattern, name))];
            if (matches.Length == 0)
            {
                throw new HpcException(
                    ErrorCode.SpecInvalid,
                    $"There is no metric '{pattern}'.{NearestName.Suggestion(pattern, names)}",
                    names.Count == 0 ? "No task that ended wrote one." : $"The metrics are: {string.Join(", ", names)}.");
            }
            chosen.AddRange(matches);
        }
        return [.. chosen.Distinct(StringComparer.Ordinal)];
    }

    private static List<Column> Columns(
        Aggregate aggregate, IReadOnlyList<string> metrics, IReadOnlyList<Statistic> statistics, string prefix)
    {
        List<Column> columns =
        [
            .. aggregate.GroupBy.Select(name => new Column(
                name, $"the grouping parameter \"{name}\"", false, (group, _) => group.Key.GetValueOrDefault(name))),
            new Column("TaskCount", "the number of tasks", false, (group, _) => group.TaskCount),
            new Column("MissingCount", "the number of missing tasks", false, (group, _) => group.MissingCount),
        ];
        foreach (string metric in metrics)
        {
            if (statistics.Count == 0)
            {
                columns.Add(MetricColumn(prefix + metric, metric, s_mean));
                columns.Add(MetricColumn(prefix + metric + "_sd", metric, s_deviation));
                columns.Add(MetricColumn(prefix + metric + "_n", metric, s_count));
            }
            foreach (Statistic statistic in statistics)
                columns.Add(MetricColumn($"{prefix}{metric}_{statistic.Name}", metric, statistic));
        }
        return columns;
    }

    private static Column MetricColumn(string name, string metric, Statistic statistic)
    {
        MetricSummary absent = new() { Name = metric, Count = 0 };
        return new Column(name, $"{statistic.Name} of the metric \"{metric}\"", true, (group, metrics) => statistic.Of(
            metrics.GetValueOrDefault(metric) ?? absent with { MissingCount = group.TaskCount - group.MissingCount }));
    }

    private static void CheckNames(List<Column> columns)
    {
        // PowerShell does not tell upper from lower case in the names of properties.
        Dictionary<string, Column> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (Column column in columns)
        {
            if (taken.TryAdd(column.Name, column))
                continue;
            Column first = taken[column.Name];
            string remedy = !column.IsMetric ? "Leave the parameter out of -By (\"by\"), or rename it."
                : first.IsMetric ? "Choose the statistics with -Statistic (\"statistics\"), so that each name carries its own, "
                    + "or one of the two metrics with -Metric (\"metrics\"); -Prefix (\"prefix\") does not tell two metrics apart."
                : "Put something before the names of metrics with -Prefix (\"prefix\").";
            throw new HpcException(
                ErrorCode.SpecInvalid, $"Two columns would be called \"{column.Name}\": {first.Meaning} and {column.Meaning}.", remedy);
        }
    }

    private sealed record Column(
        string Name, string Meaning, bool IsMetric, Func<AggregateGroup, Dictionary<string, MetricSummary>, object?> Value);
}
