namespace HpcAgent.Engine.Reporting;

/// <summary>One bin of a histogram: from <c>Low</c>, included, to <c>High</c>, which only the last bin includes.</summary>
internal sealed record Bin(double Low, double High, long CompleteCount, long OtherCount)
{
    /// <summary>All that are in it.</summary>
    public long Count => CompleteCount + OtherCount;
}

/// <summary>
/// Bins with round edges. Their number follows Freedman and Diaconis (1981): twice the interquartile range over the cube root of the count is the width,
/// kept to some 5 to 40 bins. Where the largest value is a hundred times the smallest or more, edges are at equal ratios. Values of a clock that ticks coarsely get bins of whole ticks, as others
/// would hold now one and now two of them.
/// </summary>
internal static class Bins
{
    private const double LogarithmicFrom = 100;

    /// <summary>Sorts values into bins.</summary>
    /// <param name="values">The values, finite and not negative, each with whether its task completed.</param>
    /// <returns>Bins without gaps that enclose all values; none without values.</returns>
    public static IReadOnlyList<Bin> Of(IReadOnlyList<(double Value, bool IsComplete)> values)
    {
        if (values.Count == 0) return [];
        double[] sorted = [.. values.Select(v => v.Value).Order()];
        bool isLogarithmic = IsLogarithmic(sorted[0], sorted[^1]);
        double tick = isLogarithmic ? 0 : Tick(sorted);
        List<double> edges = isLogarithmic ? Ratios(sorted[0], sorted[^1]) : tick > 0 ? Ticks(sorted, tick) : Distances(sorted);
        long[] complete = new long[edges.Count - 1], other = new long[edges.Count - 1];
        foreach ((double value, bool isComplete) in values) (isComplete ? complete : other)[Place(edges, value)]++;
        return [.. complete.Select((count, i) => new Bin(edges[i], edges[i + 1], count, other[i]))];
    }

    /// <summary>True if values from one to the other are shown at equal ratios.</summary>
    public static bool IsLogarithmic(double low, double high) => low > 0 && high / low >= LogarithmicFrom;

    private static int Place(List<double> edges, double value)
    {
        (int low, int high) = (0, edges.Count - 1);
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (value >= edges[middle]) low = middle;
            else high = middle;
        }
        return low;
    }

    // The distance of which all values are multiples, if there are few such multiples for each bin; else 0.
    private static double Tick(double[] sorted)
    {
        const int mostTicks = 160;
        double[] distinct = [.. sorted.Distinct()];
        if (distinct.Length < 3) return 0;
        double least = double.PositiveInfinity;
        for (int i = 1; i < distinct.Length; i++) least = Math.Min(least, distinct[i] - distinct[i - 1]);
        return (distinct[^1] - distinct[0]) / least <= mostTicks && Array.TrueForAll(distinct, v => Math.Abs((v / least) - Math.Round(v / least)) < 1e-9) ? least : 0;
    }

    private static List<double> Ticks(double[] sorted, double tick)
    {
        long first = (long)Math.Round(sorted[0] / tick), last = (long)Math.Round(sorted[^1] / tick);
        long each = ((last - first) / MostOf(sorted)) + 1;
        List<double> edges = [];
        // A bit below the multiple, as a value may have been rounded to either side of it.
        for (long i = first / each * each; i <= last + each; i += each) edges.Add(Math.Max(0, (i - 1e-7) * tick));
        return edges;
    }

    private static int MostOf(double[] sorted)
    {
        double range = sorted[^1] - sorted[0];
        double quartiles = sorted[sorted.Length * 3 / 4] - sorted[sorted.Length / 4];
        double wanted = quartiles > 0 ? range * Math.Cbrt(sorted.Length) / (2 * quartiles) : 10;
        return (int)Math.Clamp(wanted * 1.5, 8, 40);
    }

    private static List<double> Distances(double[] sorted) => Enclosing(NiceTicks.Linear(sorted[0], sorted[^1], MostOf(sorted)), sorted);

    // The same number of bins for each power of ten, so that edges are ten's roots and its powers.
    private static List<double> Ratios(double low, double high)
    {
        double decades = Math.Log10(high) - Math.Log10(low);
        int each = decades <= 4 ? 5 : decades <= 12 ? 2 : 1;
        int first = (int)Math.Floor(Math.Log10(low) * each), last = (int)Math.Ceiling(Math.Log10(high) * each);
        List<double> edges = [];
        for (int i = first; i <= last; i++) edges.Add(Math.Pow(10, i / (double)each));
        return Enclosing(edges, [low, high]);
    }

    // Rounding may leave the ends a bit inside.
    private static List<double> Enclosing(IReadOnlyList<double> edges, double[] sorted)
    {
        List<double> all = [.. edges];
        if (all[0] > sorted[0]) all[0] = sorted[0];
        if (all[^1] < sorted[^1]) all[^1] = sorted[^1];
        return all;
    }
}
