namespace HpcAgent.Engine.Aggregation;

/// <summary>The columns of raw rows: <c>TaskId</c>, the parameters in their order, the metrics sorted by name.</summary>
public sealed class RawColumns
{
    private readonly string[] _parameters;
    private readonly int[] _metrics;

    private RawColumns(IReadOnlyList<string> names, string[] parameters, int[] metrics) => (Names, _parameters, _metrics) = (names, parameters, metrics);

    /// <summary>The names, all different, also without regard to case.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Chooses the columns.</summary>
    /// <param name="raw">The records.</param>
    /// <param name="metrics">Names of the metrics wanted, in which <c>*</c> and <c>?</c> are understood; none gives all.</param>
    /// <param name="prefix">What to put before each metric's name.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: two columns have one name, or there is no such metric.</exception>
    public static RawColumns Of(RawResults raw, IReadOnlyList<string> metrics, string prefix)
    {
        ArgumentNullException.ThrowIfNull(raw);
        string[] chosen = AggregateRows.Chosen(raw.Metrics, metrics);
        string[] names = ["TaskId", .. raw.Parameters, .. chosen.Select(name => prefix + name)];
        HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in names)
        {
            if (taken.Add(name)) continue;
            throw new HpcException(
                ErrorCode.SpecInvalid, $"Two columns would be called \"{name}\".",
                "Put something before the names of metrics with -Prefix (\"prefix\"), choose others with -Metric, or rename the parameter.");
        }
        Dictionary<string, int> places = raw.Metrics.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        return new RawColumns(names, [.. raw.Parameters], [.. chosen.Select(name => places[name])]);
    }

    /// <summary>The values of one record, one for each name; null where the task has none.</summary>
    /// <param name="record">The record.</param>
    public IReadOnlyList<object?> Row(RawRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        object?[] row = new object?[Names.Count];
        int at = 0;
        row[at++] = record.Task.Id;
        foreach (string name in _parameters) row[at++] = record.Task.Parameters.GetValueOrDefault(name);
        foreach (int metric in _metrics) row[at++] = record.Values[metric];
        return row;
    }
}
