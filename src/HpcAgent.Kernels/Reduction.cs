using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Reduces metrics documents to statistics by group. Each thread has an instance of its own; merged at the end in any order they
/// give the same bits as one instance that saw all documents. Values are kept, 8 bytes each, only if quantiles are wanted.
/// </summary>
public sealed class Reduction
{
    private readonly MetricNames _names;
    private readonly bool _keepsValues;
    private readonly long[] _records;
    private readonly MetricState?[]?[] _states;

    /// <summary>Creates a reduction of nothing.</summary>
    /// <param name="names">The names that the metric indices refer to: those of the reader.</param>
    /// <param name="groupCount">The number of groups.</param>
    /// <param name="keepsValues">True if quantiles will be asked for.</param>
    public Reduction(MetricNames names, int groupCount, bool keepsValues)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentOutOfRangeException.ThrowIfNegative(groupCount);
        _names = names;
        _keepsValues = keepsValues;
        _records = new long[groupCount];
        _states = new MetricState?[groupCount][];
    }

    /// <summary>The number of documents added to a group.</summary>
    /// <param name="group">The group.</param>
    /// <returns>The number.</returns>
    public long RecordCount(int group) => _records[group];

    /// <summary>Adds a document to a group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="reader">A reader that has just read the document, and whose names are those of this reduction.</param>
    // A short process adds a million documents before the runtime would compile this a second time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int group, MetricsReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        if (!ReferenceEquals(reader.Names, _names))
            throw new ArgumentException("Reader and reduction have different names.", nameof(reader));
        _records[group]++;
        ref readonly DecimalWeight weight = ref reader.ExactWeight;
        foreach (ref readonly MetricValue value in reader.Values)
        {
            MetricState state = StateOf(group, value.Metric);
            if (value.Kind == MetricKind.Number)
                state.Add(in value.Number, in weight, reader.LongDigits);
            else
                state.Count(value.Kind);
        }
    }

    /// <summary>Adds all documents of another reduction, which must not be used afterwards.</summary>
    /// <param name="other">The other reduction; its names may be others.</param>
    public void Merge(Reduction other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._records.Length != _records.Length || other._keepsValues != _keepsValues)
            throw new ArgumentException("Only reductions of the same groups can be merged.", nameof(other));
        int[] map = [.. other._names.Names.Select(_names.IndexOf)];
        for (int group = 0; group < _records.Length; group++)
        {
            _records[group] += other._records[group];
            MetricState?[] states = other._states[group] ?? [];
            for (int metric = 0; metric < states.Length; metric++)
            {
                if (states[metric] is MetricState state)
                    Take(group, map[metric], state);
            }
            other._states[group] = null;
        }
    }

    /// <summary>The statistics of one group: of all metrics that occur in it, sorted by name.</summary>
    /// <param name="group">The group.</param>
    /// <param name="probabilities">The quantiles wanted; the median comes with them, and by itself if values were kept.</param>
    /// <returns>The statistics.</returns>
    public IReadOnlyList<MetricSummary> Summarize(int group, ReadOnlySpan<double> probabilities)
    {
        if (!_keepsValues && !probabilities.IsEmpty)
            throw new InvalidOperationException("Quantiles need the values, and they were not kept.");
        List<MetricSummary> summaries = [];
        MetricState?[] states = _states[group] ?? [];
        for (int metric = 0; metric < states.Length; metric++)
        {
            if (states[metric] is MetricState state)
                summaries.Add(state.Summarize(_names.Names[metric], _records[group], probabilities));
        }
        summaries.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return summaries;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private MetricState StateOf(int group, int metric)
    {
        MetricState?[]? states = _states[group];
        if (states is null || metric >= states.Length)
            states = Grow(group, metric);
        return states[metric] ??= new MetricState(_keepsValues);
    }

    private MetricState?[] Grow(int group, int metric)
    {
        Array.Resize(ref _states[group], Math.Max(metric + 1, _names.Count));
        return _states[group]!;
    }

    private void Take(int group, int metric, MetricState state)
    {
        MetricState?[]? states = _states[group];
        if (states is null || metric >= states.Length)
            states = Grow(group, metric);
        if (states[metric] is MetricState mine)
            mine.Merge(state);
        else
            states[metric] = state;
    }
}
