using System.Globalization;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// One statistic of a metric by its short name: <c>mean, sum, var, sd, se, min, max, median, n, weight, missing, nan, inf, text,
/// null</c>, or a quantile, <c>p05</c>, <c>p95</c>, <c>p97.5</c>.
/// </summary>
public sealed record Statistic
{
    private static readonly Dictionary<string, Func<MetricSummary, object?>> s_values = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mean"] = m => m.Mean,
        ["sum"] = m => m.Sum,
        ["var"] = m => m.Variance,
        ["sd"] = m => m.StandardDeviation,
        ["se"] = m => m.StandardError,
        ["min"] = m => m.Min,
        ["max"] = m => m.Max,
        ["median"] = m => m.Median,
        ["n"] = m => m.Count,
        ["weight"] = m => m.Weight,
        ["missing"] = m => m.MissingCount,
        ["nan"] = m => m.NaNCount,
        ["inf"] = m => m.InfiniteCount,
        ["text"] = m => m.TextCount,
        ["null"] = m => m.NullCount,
    };

    private readonly Func<MetricSummary, object?> _value;

    private Statistic(string name, double? probability, Func<MetricSummary, object?> value)
    {
        Name = name;
        Probability = probability;
        _value = value;
    }

    /// <summary>The short names, without the quantiles.</summary>
    public static IReadOnlyCollection<string> Names => s_values.Keys;

    /// <summary>The name, in lower case.</summary>
    public string Name { get; }

    /// <summary>The quantile that must have been computed; null if none.</summary>
    public double? Probability { get; }

    /// <summary>Understands a name.</summary>
    /// <param name="name">The name; upper and lower case are the same.</param>
    /// <returns>The statistic.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: there is no such statistic.</exception>
    public static Statistic Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string lower = name.ToLowerInvariant();
        if (s_values.TryGetValue(lower, out Func<MetricSummary, object?>? value))
            return new Statistic(lower, lower is "median" ? 0.5 : null, value);
        if (TryParseQuantile(lower, out double probability))
            return new Statistic(lower, probability, m => Quantile(m, probability, lower));
        throw new HpcException(
            ErrorCode.SpecInvalid, $"There is no statistic \"{name}\".",
            $"Use {string.Join(", ", Names)}, or a quantile such as p05 or p97.5.");
    }

    /// <summary>The value of the statistic: a double, a long, or null where there is none.</summary>
    /// <param name="metric">The metric.</param>
    /// <returns>The value.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: the quantile was not computed.</exception>
    public object? Of(MetricSummary metric)
    {
        ArgumentNullException.ThrowIfNull(metric);
        return _value(metric);
    }

    private static double? Quantile(MetricSummary metric, double probability, string name)
    {
        if (metric.Quantiles.TryGetValue(probability, out double value))
            return value;
        // Without values there is no quantile, whatever was asked for.
        if (metric.Count == 0)
            return null;
        throw new HpcException(
            ErrorCode.SpecInvalid, FormattableString.Invariant($"The quantile {name} of \"{metric.Name}\" was not computed."),
            FormattableString.Invariant($"Aggregate again with the probability {probability}."));
    }

    private static bool TryParseQuantile(string name, out double probability)
    {
        probability = 0;
        if (name.Length < 2 || name[0] != 'p' || !char.IsAsciiDigit(name[1]) || !char.IsAsciiDigit(name[^1])
            || !decimal.TryParse(name.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent)
            || percent > 100)
            return false;
        // The division is exact in decimal: p05 is the double that 0.05 is.
        probability = (double)(percent / 100);
        return true;
    }
}
