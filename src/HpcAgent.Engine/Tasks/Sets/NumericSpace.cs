using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>Evenly spaced numbers, as the original's <c>numeric_linspace</c> and <c>numeric_logspace</c> (reference 5.14).</summary>
public static class NumericSpace
{
    /// <summary>n numbers from low to high: low + (high - low) * i / (n - 1), both end points exact.</summary>
    /// <exception cref="HpcException">n is below 2 or a bound is not finite.</exception>
    public static TaskSet Linear(string name, double low, double high, long n)
    {
        Check(name, low, high, n);
        return new ComputedTaskSet([name], n, i => [i == 0 ? low : i == n - 1 ? high : low + ((high - low) * i / (n - 1))]);
    }

    /// <summary>n numbers whose logarithms are evenly spaced, 0 &lt; low &lt; high, both end points exact.</summary>
    /// <exception cref="HpcException">n is below 2, or the bounds or the base are out of range.</exception>
    public static TaskSet Logarithmic(string name, double low, double high, long n, double logBase = 10)
    {
        Check(name, low, high, n);
        if (!(low > 0 && low < high))
            throw TaskError.Invalid(Text($"logspace '{name}' from {low} to {high} is not possible."), "Give 0 < low < high.");
        if (!(logBase > 0 && double.IsFinite(logBase)) || logBase == 1)
            throw TaskError.Invalid(Text($"logspace '{name}' cannot have the base {logBase}."), "Give a positive base other than 1.");
        double from = Log(low, logBase), to = Log(high, logBase);
        return new ComputedTaskSet(
            [name],
            n,
            i => [i == 0 ? low : i == n - 1 ? high : Math.Pow(logBase, from + ((to - from) * i / (n - 1)))]);
    }

    // The quotient of natural logarithms gives -2.9999999999999996 for 0.001 in base 10.
    private static double Log(double value, double logBase) => logBase switch
    {
        10 => Math.Log10(value),
        2 => Math.Log2(value),
        _ => Math.Log(value) / Math.Log(logBase),
    };

    private static void Check(string name, double low, double high, long n)
    {
        if (n < 2) throw TaskError.Invalid(Text($"'{name}' with n = {n} is not possible."), "Give n of at least 2.");
        if (!double.IsFinite(low) || !double.IsFinite(high))
            throw TaskError.Invalid(Text($"'{name}' from {low} to {high} is not possible."), "Give finite bounds.");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
