using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>All that is known of one metric in one group.</summary>
internal sealed class MetricState(bool keepsValues)
{
    private readonly DecimalMoments _moments = new();
    private List<double>? _values = keepsValues ? [] : null;
    private long _nan;
    private long _infinite;
    private long _text;
    private long _null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in DecimalNumber number, in DecimalWeight weight, LongDigits longDigits)
    {
        if (number.IsLong)
            _moments.AddWide(number, weight, longDigits);
        else
            _moments.Add(in number, in weight);
        _values?.Add(number.Rounded);
    }

    /// <summary>Counts a leaf that is not a finite number.</summary>
    public void Count(MetricKind kind)
    {
        switch (kind)
        {
            case MetricKind.NaN:
                _nan++;
                break;
            case MetricKind.Infinite:
                _infinite++;
                break;
            case MetricKind.Text:
                _text++;
                break;
            default:
                _null++;
                break;
        }
    }

    public void Merge(MetricState other)
    {
        _moments.Merge(other._moments);
        if (_values is not null && other._values is not null)
            _values.AddRange(other._values);
        _nan += other._nan;
        _infinite += other._infinite;
        _text += other._text;
        _null += other._null;
    }

    public MetricSummary Summarize(string name, long recordCount, ReadOnlySpan<double> probabilities)
    {
        Moments moments = _moments.ToMoments();
        MetricSummary summary = new()
        {
            Name = name,
            Count = moments.Count,
            MissingCount = recordCount - moments.Count - _nan - _infinite - _text - _null,
            NaNCount = _nan,
            InfiniteCount = _infinite,
            TextCount = _text,
            NullCount = _null,
            Weight = moments.Weight,
            Sum = moments.Sum,
            Mean = moments.Mean,
            Variance = moments.Variance,
            StandardDeviation = moments.StandardDeviation,
            StandardError = moments.StandardError,
            Min = moments.Min,
            Max = moments.Max,
        };
        return _values is { Count: > 0 } ? WithQuantiles(summary, probabilities) : summary;
    }

    private MetricSummary WithQuantiles(MetricSummary summary, ReadOnlySpan<double> probabilities)
    {
        double[] wanted = [0.5, .. probabilities];
        double[] found = Quantiles.Select(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values), wanted);
        SortedDictionary<double, double> quantiles = [];
        for (int i = 1; i < wanted.Length; i++)
            quantiles[wanted[i]] = found[i];
        return summary with { Median = found[0], Quantiles = quantiles };
    }
}
