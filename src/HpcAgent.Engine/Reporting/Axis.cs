using System.Globalization;
using HpcAgent.Engine.Aggregation;

namespace HpcAgent.Engine.Reporting;

/// <summary>A place on an axis that has a label.</summary>
/// <param name="At">The place, from 0 to 1.</param>
/// <param name="Label">The label.</param>
internal readonly record struct Tick(double At, string Label);

/// <summary>Where values lie along one side of a chart, from 0 to 1.</summary>
/// <param name="Low">The value at 0.</param>
/// <param name="High">The value at 1.</param>
/// <param name="IsLogarithmic">True if equal ratios have equal lengths.</param>
/// <param name="Ticks">The labels.</param>
internal sealed record Axis(double Low, double High, bool IsLogarithmic, IReadOnlyList<Tick> Ticks)
{
    /// <summary>The place of a value.</summary>
    /// <param name="value">The value.</param>
    public double Place(double value) => IsLogarithmic
        ? (Math.Log(value) - Math.Log(Low)) / (Math.Log(High) - Math.Log(Low))
        // Halves, as the difference of the largest doubles is not finite.
        : ((value / 2) - (Low / 2)) / ((High / 2) - (Low / 2));

    /// <summary>An axis with equal distances that encloses an interval with round numbers.</summary>
    public static Axis Linear(double low, double high, int most) => Of(NiceTicks.Linear(low, high, most), isLogarithmic: false);

    /// <summary>An axis with equal ratios that encloses an interval with round numbers.</summary>
    public static Axis Logarithmic(double low, double high, int most) => Of(NiceTicks.Logarithmic(low, high, most), isLogarithmic: true);

    /// <summary>An axis of counts: whole numbers from zero on.</summary>
    /// <param name="largest">The largest count.</param>
    public static Axis Counts(long largest)
    {
        IReadOnlyList<double> ticks = NiceTicks.Linear(0, Math.Max(1, largest), 5);
        return Of([.. ticks.Where(t => t == Math.Floor(t))], isLogarithmic: false);
    }

    /// <summary>An axis that ends where the data do, with those round numbers that lie on it.</summary>
    public static Axis Tight(double low, double high, bool isLogarithmic, int most)
    {
        IReadOnlyList<double> ticks = isLogarithmic ? NiceTicks.Logarithmic(low, high, most) : NiceTicks.Linear(low, high, most);
        Axis axis = new(low, high, isLogarithmic, []);
        return axis with { Ticks = Labels(axis, [.. ticks.Where(t => axis.Place(t) is >= -1e-9 and <= 1 + 1e-9)]) };
    }

    /// <summary>
    /// An axis of the values of a parameter, with room beside the first and the last. Up to eight values are labels themselves. Ratios have equal lengths where the largest value is ten times the
    /// smallest or more and the median is nearer to the middle of the ratios than to that of the distances.
    /// </summary>
    /// <param name="values">The values, finite, ascending.</param>
    public static Axis OfValues(IReadOnlyList<double> values)
    {
        const int mostLabels = 8;
        (double low, double high) = (values[0], values[^1]);
        if (low == high) return Linear(low, high, 6);
        Axis plain = new(low, high, false, []), ratios = new(low, high, true, []);
        double median = values[values.Count / 2];
        bool isLogarithmic = low > 0 && high / low >= 10 && Math.Abs(ratios.Place(median) - 0.5) < Math.Abs(plain.Place(median) - 0.5);
        Axis axis = (isLogarithmic ? ratios : plain).WithRoom(0.04);
        double[] distinct = [.. values.Distinct()];
        if (distinct.Length <= mostLabels) return axis with { Ticks = Labels(axis, distinct) };
        IReadOnlyList<double> ticks = isLogarithmic ? NiceTicks.Logarithmic(low, high, 7) : NiceTicks.Linear(low, high, 6);
        double[] whole = [.. ticks.Where(t => t == Math.Floor(t))];
        if (whole.Length > 1 && values.All(v => v == Math.Floor(v))) ticks = whole;
        return axis with { Ticks = Labels(axis, [.. ticks.Where(t => axis.Place(t) is >= 0 and <= 1)]) };
    }

    private Axis WithRoom(double part)
    {
        if (IsLogarithmic)
        {
            double room = part * (Math.Log(High) - Math.Log(Low));
            return this with { Low = Math.Max(Math.Exp(Math.Log(Low) - room), double.Epsilon), High = Math.Min(Math.Exp(Math.Log(High) + room), double.MaxValue) };
        }
        double half = part * ((High / 2) - (Low / 2));
        return this with { Low = Math.Max(Low - half - half, double.MinValue), High = Math.Min(High + half + half, double.MaxValue) };
    }

    private static Axis Of(IReadOnlyList<double> ticks, bool isLogarithmic)
    {
        Axis axis = new(ticks[0], ticks[^1], isLogarithmic, []);
        return axis with { Ticks = Labels(axis, ticks) };
    }

    private static Tick[] Labels(Axis axis, IReadOnlyList<double> ticks)
    {
        string[] labels = [.. ticks.Select(Short)];
        if (labels.Distinct(StringComparer.Ordinal).Count() < labels.Length) labels = [.. ticks.Select(t => t.ToString("R", CultureInfo.InvariantCulture))];
        return [.. ticks.Zip(labels, (t, label) => new Tick(axis.Place(t), label))];
    }

    private static string Short(double value)
    {
        if (Math.Abs(value) is 0 or (>= 1e-4 and < 1e6)) return SignificantDigits.SixSignificantDigits(value);
        return value.ToString("0.#####e0", CultureInfo.InvariantCulture);
    }
}
