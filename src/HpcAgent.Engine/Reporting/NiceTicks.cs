namespace HpcAgent.Engine.Reporting;

/// <summary>
/// Ticks at round numbers: Paul S. Heckbert, "Nice numbers for graph labels", in Graphics Gems (ed. A. Glassner, Academic Press 1990), p. 61-63, with
/// the "loose" labels that enclose the data. Every tick is the double nearest to its decimal number.
/// </summary>
internal static class NiceTicks
{
    /// <summary>The smallest of 1, 2 and 5 times a power of ten that is not below a size.</summary>
    /// <param name="size">The size, above zero.</param>
    public static (int Mantissa, int Exponent) Step(double size)
    {
        int exponent = (int)Math.Floor(Math.Log10(size));
        double fraction = size / Power(exponent);
        // The quotient of doubles may be off by a bit where the size is itself a nice number.
        const double slack = 1 + 1e-9;
        return fraction <= slack ? (1, exponent) : fraction <= 2 * slack ? (2, exponent) : fraction <= 5 * slack ? (5, exponent) : (1, exponent + 1);
    }

    /// <summary>Round numbers at equal distances that enclose an interval.</summary>
    /// <param name="low">The lower end, finite.</param>
    /// <param name="high">The upper end, finite and not below it.</param>
    /// <param name="most">How many intervals there are at most between the data's ends, about.</param>
    /// <returns>Two or more numbers, ascending.</returns>
    public static IReadOnlyList<double> Linear(double low, double high, int most)
    {
        (low, high) = Widen(low, high);
        (int mantissa, int exponent) = Step((high / most) - (low / most));
        double step = Value(1, mantissa, exponent);
        long first = (long)Math.Floor((low / step) + 1e-9), last = (long)Math.Ceiling((high / step) - 1e-9);
        if (last <= first) last = first + 1;
        double[] ticks = new double[last - first + 1];
        for (long i = first; i <= last; i++) ticks[i - first] = Value(i, mantissa, exponent);
        return ticks;
    }

    /// <summary>Powers of ten that enclose an interval; where these are few, two and five times them that lie inside it too.</summary>
    /// <param name="low">The lower end, above zero.</param>
    /// <param name="high">The upper end, finite and not below it.</param>
    /// <param name="most">How many ticks at most, about.</param>
    /// <returns>Two or more numbers, ascending. The first and the last enclose the interval.</returns>
    public static IReadOnlyList<double> Logarithmic(double low, double high, int most)
    {
        int first = (int)Math.Floor(Math.Log10(low) + 1e-12), last = (int)Math.Ceiling(Math.Log10(high) - 1e-12);
        if (last <= first) last = first + 1;
        if (last - first > most)
        {
            int stride = (int)Math.Ceiling((last - first) / (double)most);
            return [.. Enumerable.Range(0, ((last - first + stride - 1) / stride) + 1).Select(i => Power(first + (i * stride)))];
        }
        int[] mantissas = (last - first) * 3 <= most ? [1, 2, 5] : [1];
        List<double> ticks = [];
        for (int exponent = first; exponent <= last; exponent++)
            foreach (int mantissa in mantissas) ticks.Add(Value(1, mantissa, exponent));
        // The tightest of these that still enclose all.
        int from = Math.Max(0, ticks.FindLastIndex(t => t <= low * (1 + 1e-12))), to = ticks.FindIndex(t => t >= high * (1 - 1e-12));
        if (to < 0) to = ticks.Count - 1;
        if (to <= from) to = from + 1;
        return ticks.GetRange(from, to - from + 1);
    }

    private static (double Low, double High) Widen(double low, double high)
    {
        double size = Math.Max(Math.Abs(low), Math.Abs(high));
        if (size < 1e-300) return (0, 1);
        // Of numbers that are all but the same, ticks between them would not be told apart.
        if ((high / size) - (low / size) > 1e-9) return (low, high);
        return low > 0 ? (low * 0.9, high * 1.1) : high < 0 ? (low * 1.1, high * 0.9) : (low - size, high + size);
    }

    // Dividing by a power of ten rounds once; multiplying by a tenth would round twice.
    private static double Value(long times, int mantissa, int exponent) =>
        exponent >= 0 ? times * mantissa * Power(exponent) : exponent >= -300 ? times * mantissa / Power(-exponent) : times * mantissa * Power(exponent);

    private static double Power(int exponent) => Math.Pow(10, exponent);
}
