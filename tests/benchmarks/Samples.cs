namespace HpcAgent.Benchmarks;

/// <summary>Named series of measured values, one value for each round.</summary>
internal sealed class Samples
{
    private readonly Dictionary<string, List<double>> _series = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, List<double>> Series => _series;

    public void Add(string series, double value)
    {
        if (!_series.TryGetValue(series, out List<double>? values)) _series.Add(series, values = []);
        values.Add(value);
    }

    /// <summary>The values of a series; empty if it was not measured.</summary>
    public IReadOnlyList<double> Of(string series) => _series.TryGetValue(series, out List<double>? values) ? values : [];

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
