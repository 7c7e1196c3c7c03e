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
