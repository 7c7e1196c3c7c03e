using System.Numerics;

namespace HpcAgent.Kernels;

/// <summary>
/// Count, Σw, Σw², Σwx, Σwx², smallest and largest of weighted values, all exact, so that the statistics do not depend on the order
/// of the values or on how they were split. A value of weight 0 counts, and is seen by smallest and largest, but adds to no sum.
/// Not safe for use by several threads at once.
/// </summary>
public sealed class WeightedMoments
{
    /// <summary>Up to here Σw of 2^38 values stays within 64 bits.</summary>
    private const double LargestWholeWeight = 1 << 24;

    private long _count;

    /// <summary>Σw and Σw² of small whole weights, the usual case, which need no accumulator.</summary>
    private long _wholeWeight;
    private UInt128 _wholeSquares;

    /// <summary>The only value, while there is one of weight 1: many groups never get a second.</summary>
    private double _single;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;
    private ExactSum? _sum;
    private ExactSum? _squares;
    private ExactSum? _weights;
    private ExactSum? _squaredWeights;

    /// <summary>The number of values.</summary>
    public long Count => _count;

    /// <summary>Adds a finite value of weight 1.</summary>
    /// <param name="value">The value.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is NaN or infinite.</exception>
    public void Add(double value)
    {
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite values have moments.");
        _wholeWeight++;
        _wholeSquares += UInt128.One;
        if (_count == 0)
        {
            _single = value;
            Observe(value);
            return;
        }
        OpenSums();
        Observe(value);
        _sum!.Add(value);
        _squares!.AddProduct(value, value);
    }

    /// <summary>Adds a finite value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="weight">Its weight: finite, not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite, or the weight is not finite or negative.</exception>
    public void Add(double value, double weight)
    {
        if (weight == 1)
        {
            Add(value);
            return;
        }
        if (!double.IsFinite(value))
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite values have moments.");
        if (!(double.IsFinite(weight) && weight >= 0))
            throw new ArgumentOutOfRangeException(nameof(weight), weight, "A weight is finite and not negative.");
        OpenSums();
        Observe(value);
        if (weight == 0)
            return;
        _sum!.AddProduct(weight, value);
        _squares!.AddProduct(weight, value, value);
        AddWeight(weight);
    }

    /// <summary>Adds all values of another instance, which stays as it is.</summary>
    /// <param name="other">The other instance.</param>
    public void Merge(WeightedMoments other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other._count == 0)
            return;
        if (other._sum is null)
        {
            Add(other._single);
            return;
        }
        OpenSums();
        _count += other._count;
        _wholeWeight += other._wholeWeight;
        _wholeSquares += other._wholeSquares;
        _min = Math.Min(_min, other._min);
        _max = Math.Max(_max, other._max);
        _sum!.Merge(other._sum);
        _squares!.Merge(other._squares!);
        if (other._weights is not null)
        {
            (_weights ??= new ExactSum()).Merge(other._weights);
            (_squaredWeights ??= new ExactSum()).Merge(other._squaredWeights!);
        }
    }

    /// <summary>The statistics of what was added so far.</summary>
    /// <returns>The statistics, each rounded once.</returns>
    public Moments ToMoments()
    {
        if (_count == 0)
            return new Moments { Count = 0, Weight = 0, Sum = 0 };
        if (_sum is null)
            // + 0.0: an exact zero is +0, as with more values.
            return new Moments { Count = 1, Weight = 1, Sum = _single + 0.0, Mean = _single + 0.0, Min = _min, Max = _max };
        Dyadic weight = Total(_wholeWeight, _weights), squaredWeight = Total(_wholeSquares, _squaredWeights);
        Dyadic sum = Dyadic.From(_sum);
        Moments moments = new() { Count = _count, Weight = weight.ToDouble(), Sum = _sum.ToDouble(), Min = _min, Max = _max };
        if (weight.IsZero)
            return moments;
        moments = moments with { Mean = Dyadic.Ratio(sum, weight) };
        Dyadic denominator = (weight * weight) - squaredWeight;
        if (denominator.IsZero)
            return moments;
        Dyadic numerator = (weight * Dyadic.From(_squares!)) - (sum * sum);
        return moments with
        {
            Variance = Dyadic.Ratio(numerator, denominator),
            StandardDeviation = Dyadic.SquareRootOfRatio(numerator, denominator),
            StandardError = Dyadic.SquareRootOfRatio(numerator * squaredWeight, denominator * weight * weight),
        };
    }

    private void Observe(double value)
    {
        _count++;
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
    }

    private void OpenSums()
    {
        if (_sum is not null)
            return;
        _sum = new ExactSum();
        _squares = new ExactSum();
        if (_count > 0)
        {
            _sum.Add(_single);
            _squares.AddProduct(_single, _single);
        }
    }

    private void AddWeight(double weight)
    {
        if (weight <= LargestWholeWeight && weight == (int)weight)
        {
            _wholeWeight += (int)weight;
            _wholeSquares += (ulong)(weight * weight);
            return;
        }
        (_weights ??= new ExactSum()).Add(weight);
        (_squaredWeights ??= new ExactSum()).AddProduct(weight, weight);
    }

    private static Dyadic Total(BigInteger whole, ExactSum? others) =>
        new Dyadic(whole, 0) + (others is null ? default : Dyadic.From(others));
}
