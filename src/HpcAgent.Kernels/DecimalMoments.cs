using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Count, Σw, Σw², Σwx, Σwx², smallest and largest of weighted decimal numbers, the sums without any error, so that the statistics
/// are those of the numbers as they were written and do not depend on their order or on how they were split. A value of weight 0
/// counts, and is seen by smallest and largest, but adds to no sum. Not safe for use by several threads at once.
/// </summary>
internal sealed class DecimalMoments
{
    /// <summary>Exponents of weights that have bins of their own; more would cost memory for nothing that is usual.</summary>
    private const int MaxWeightExponents = 16;

    private long _count;
    private double _min = double.PositiveInfinity;
    private double _max = double.NegativeInfinity;

    /// <summary>What is certainly above the smallest and below the largest value, seen by its near double.</summary>
    private double _aboveMin = double.PositiveInfinity;
    private double _belowMax = double.NegativeInfinity;

    /// <summary>A chain, one link for each exponent of weights.</summary>
    private DecimalBins? _bins;

    /// <summary>What does not fit in bins: long digits, weights out of the common, overflow.</summary>
    private DecimalTotals? _wide;

    /// <summary>The number of values.</summary>
    public long Count => _count;

    /// <summary>Adds a value that is not long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in DecimalNumber value, in DecimalWeight weight)
    {
        if (weight.IsWide || BinsOf(weight.Exponent) is not DecimalBins bins)
        {
            AddWide(value, weight);
            return;
        }
        Observe(in value);
        if (!bins.HasRoom(weight.Integer))
            Empty(bins);
        if (weight.IsOne)
            bins.Add(in value);
        else if (!weight.IsZero)
            bins.Add(in value, in weight);
    }

    /// <summary>Adds any value.</summary>
    // Inlined, its big integers would burden the usual case.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AddWide(in DecimalNumber value, in DecimalWeight weight, LongDigits? longDigits = null)
    {
        Observe(in value);
        AddTotals(DecimalTotals.Of(value.ToExact(longDigits), weight.ToExact()));
    }

    /// <summary>Adds all values of another instance, which stays as it is.</summary>
    public void Merge(DecimalMoments other)
    {
        _count += other._count;
        _min = Math.Min(_min, other._min);
        _max = Math.Max(_max, other._max);
        SetBounds();
        if (other._wide is not null)
            AddTotals(other._wide);
        for (DecimalBins? theirs = other._bins; theirs is not null; theirs = theirs.Next)
        {
            DecimalBins? bins = BinsOf(theirs.WeightExponent);
            if (bins is not null && bins.HasRoom(theirs))
                bins.Merge(theirs);
            else
                AddTotals(theirs.ToTotals());
        }
    }

    /// <summary>The statistics of what was added so far, each rounded once.</summary>
    public Moments ToMoments()
    {
        if (_count == 0)
            return new Moments { Count = 0, Weight = 0, Sum = 0 };
        (ExactDecimal weight, ExactDecimal squaredWeight, ExactDecimal sum, ExactDecimal squares) = Totals();
        Moments moments = new() { Count = _count, Weight = weight.ToDouble(), Sum = sum.ToDouble(), Min = _min, Max = _max };
        if (weight.IsZero)
            return moments;
        moments = moments with { Mean = ExactDecimal.Ratio(sum, weight) };
        ExactDecimal denominator = (weight * weight) - squaredWeight;
        if (denominator.IsZero)
            return moments;
        ExactDecimal numerator = (weight * squares) - (sum * sum);
        // Σw² = Σw where all weights are 1: a smaller fraction.
        bool isUnit = weight.IsWrittenAs(squaredWeight);
        return moments with
        {
            Variance = ExactDecimal.Ratio(numerator, denominator),
            StandardDeviation = ExactDecimal.SquareRootOfRatio(numerator, denominator),
            StandardError = isUnit ? ExactDecimal.SquareRootOfRatio(numerator, denominator * weight)
                : ExactDecimal.SquareRootOfRatio(numerator * squaredWeight, denominator * weight * weight),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Observe(in DecimalNumber value)
    {
        _count++;
        double near = value.Near;
        if (!(near > _aboveMin && near < _belowMax))
            ObserveExactly(value.Rounded);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ObserveExactly(double value)
    {
        // Of equal zeros Min and Max tell the sign.
        _min = Math.Min(_min, value);
        _max = Math.Max(_max, value);
        SetBounds();
    }

    // Near doubles are off by less than one part in 2^51.
    private void SetBounds()
    {
        _aboveMin = _min + (Math.Abs(_min) * 8.8817841970012523e-16);
        _belowMax = _max - (Math.Abs(_max) * 8.8817841970012523e-16);
    }

    private DecimalTotals Totals()
    {
        DecimalTotals? totals = _wide;
        for (DecimalBins? bins = _bins; bins is not null; bins = bins.Next)
            totals = totals is null ? bins.ToTotals() : totals + bins.ToTotals();
        return totals!;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Empty(DecimalBins bins)
    {
        AddTotals(bins.ToTotals());
        bins.Clear();
    }

    private void AddTotals(DecimalTotals totals) => _wide = _wide is null ? totals : _wide + totals;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private DecimalBins? BinsOf(int weightExponent) =>
        _bins is DecimalBins first && first.WeightExponent == weightExponent ? first : FindBins(weightExponent);

    /// <summary>The bins of an exponent, new if they were not there; null if there are too many.</summary>
    private DecimalBins? FindBins(int weightExponent)
    {
        int count = 0;
        DecimalBins? last = null;
        for (DecimalBins? bins = _bins; bins is not null; last = bins, bins = bins.Next, count++)
        {
            if (bins.WeightExponent == weightExponent)
                return bins;
        }
        if (count == MaxWeightExponents)
            return null;
        DecimalBins added = new(weightExponent);
        if (last is null)
            _bins = added;
        else
            last.Next = added;
        return added;
    }
}
