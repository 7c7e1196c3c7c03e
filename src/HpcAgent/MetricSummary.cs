namespace HpcAgent;

/// <summary>
/// The exact statistics of one metric in one group. Values and weights are the decimal numbers that the tasks wrote, not the
/// doubles nearest to them: sums are accumulated without error, so that sum, mean, variance, deviation and standard error are each
/// the exact value, rounded once to a double, whatever the order in which results arrived. Smallest, largest, median and quantiles
/// are those of the nearest doubles. A number that rounds to zero as a double is zero; digits after the 800th significant one are
/// cut off. With weights w and values x:
/// sum = Σwx, mean = Σwx/Σw, variance = (Σw·Σwx² − (Σwx)²) / ((Σw)² − Σw²), which is the usual n−1 form when all weights
/// are equal (the reliability-weight form, as in numpy.cov with aweights).
/// </summary>
public sealed record MetricSummary
{
    /// <summary>The metric's name; nested objects give a path joined by dots.</summary>
    public required string Name { get; init; }

    /// <summary>Tasks that contributed a finite number.</summary>
    public required long Count { get; init; }

    /// <summary>Complete tasks of the group whose record lacks the metric.</summary>
    public long MissingCount { get; init; }

    /// <summary>Tasks that gave NaN.</summary>
    public long NaNCount { get; init; }

    /// <summary>Tasks that gave an infinity, or a number beyond the range of a double.</summary>
    public long InfiniteCount { get; init; }

    /// <summary>Tasks that gave text, true, false or a list.</summary>
    public long TextCount { get; init; }

    /// <summary>Tasks that gave null.</summary>
    public long NullCount { get; init; }

    /// <summary>Σw.</summary>
    public double Weight { get; init; }

    /// <summary>Σwx.</summary>
    public double Sum { get; init; }

    /// <summary>Σwx/Σw; null without values.</summary>
    public double? Mean { get; init; }

    /// <summary>The sample variance; null with fewer than two values.</summary>
    public double? Variance { get; init; }

    /// <summary>The square root of the variance.</summary>
    public double? StandardDeviation { get; init; }

    /// <summary>The standard error of the mean: sd·√(Σw²)/Σw.</summary>
    public double? StandardError { get; init; }

    /// <summary>The smallest value.</summary>
    public double? Min { get; init; }

    /// <summary>The largest value.</summary>
    public double? Max { get; init; }

    /// <summary>The middle value.</summary>
    public double? Median { get; init; }

    /// <summary>Quantiles by their probability, unweighted, with linear interpolation (type 7 of Hyndman and Fan).</summary>
    public IReadOnlyDictionary<double, double> Quantiles { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<double, double>.Empty;
}
