using System.Globalization;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Writes numbers for people.</summary>
public static class SignificantDigits
{
    /// <summary>
    /// Six significant digits without trailing zeros, as C's <c>%.6g</c>, but without an exponent for sizes from 10^-4 to 10^6,
    /// and with whole numbers below 10^15 in full. Not finite: <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>.
    /// </summary>
    /// <param name="value">The number.</param>
    /// <returns>The text, in the invariant culture.</returns>
    public static string SixSignificantDigits(double value)
    {
        if (!double.IsFinite(value))
            return value.ToString(CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        if (value == 0)
            return "0";
        if (size < 1e15 && Math.Truncate(value) == value)
            return value.ToString("F0", CultureInfo.InvariantCulture);
        // Rounding to six digits may reach 10^6, which "G6" would write as 1E+06.
        if (size is >= 999999 and < 1e6)
            return value.ToString("F0", CultureInfo.InvariantCulture);
        return value.ToString("G6", CultureInfo.InvariantCulture).Replace('E', 'e');
    }

    /// <summary>As <see cref="SixSignificantDigits(double)"/> for doubles; any other value in full.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The text; empty for null.</returns>
    public static string SixSignificantDigits(object? value) => value switch
    {
        null => "",
        double number => SixSignificantDigits(number),
        bool flag => flag ? "true" : "false",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
