using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Quantiles of type 7 (Hyndman and Fan, "Sample quantiles in statistical packages", 1996; the default of R and numpy): with
/// h = (n − 1)p the value is x[⌊h⌋] + (h − ⌊h⌋)(x[⌊h⌋+1] − x[⌊h⌋]) of the sorted values. h is rounded to a double; the
/// interpolation is exact and then rounded once, so it cannot overflow and depends on nothing but the values. −0 sorts before +0.
/// </summary>
public static class Quantiles
{
    /// <summary>Computes quantiles; the values are reordered.</summary>
    /// <param name="values">Finite values, at least one.</param>
    /// <param name="probabilities">Probabilities from 0 to 1, in any order.</param>
    /// <returns>The quantiles, in the order of the probabilities.</returns>
    /// <exception cref="ArgumentException">There are no values, one of them is not finite, or a probability is not from 0 to 1.</exception>
    public static double[] Select(Span<double> values, ReadOnlySpan<double> probabilities)
    {
        if (values.IsEmpty)
            throw new ArgumentException("There are no quantiles of no values.", nameof(values));
        int last = values.Length - 1;
        double[] results = new double[probabilities.Length];
        List<int> ranks = new(2 * probabilities.Length);
        foreach (double probability in probabilities)
        {
            if (!(probability is >= 0 and <= 1))
                throw new ArgumentException("A probability lies between 0 and 1.", nameof(probabilities));
            int rank = (int)(last * probability);
            ranks.Add(rank);
            ranks.Add(Math.Min(rank + 1, last));
        }
        ranks.Sort();
        int distinct = Distinct(CollectionsMarshal.AsSpan(ranks));

        Span<long> keys = MemoryMarshal.Cast<double, long>(values);
        ToKeys(keys);
        RankSelection.Select(keys, CollectionsMarshal.AsSpan(ranks)[..distinct]);
        FromKeys(keys);
        for (int i = 0; i < results.Length; i++)
            results[i] = Interpolate(values, last * probabilities[i]);
        return results;
    }

    private static double Interpolate(ReadOnlySpan<double> values, double position)
    {
        int rank = (int)position;
        double fraction = position - rank, below = values[rank];
        if (fraction == 0)
            return below;
        double above = values[rank + 1];
        if (BitConverter.DoubleToInt64Bits(below) == BitConverter.DoubleToInt64Bits(above))
            return below;
        ExactSum sum = new();
        sum.Add(below);
        sum.AddProduct(fraction, above);
        sum.AddProduct(-fraction, below);
        return sum.ToDouble();
    }

    private static int Distinct(Span<int> sorted)
    {
        int count = 0;
        foreach (int rank in sorted)
        {
            if (count == 0 || sorted[count - 1] != rank)
                sorted[count++] = rank;
        }
        return count;
    }

    /// <summary>Turns the bit patterns of doubles into integers of the same order.</summary>
    private static void ToKeys(Span<long> bits)
    {
        for (int i = 0; i < bits.Length; i++)
        {
            if ((bits[i] & 0x7FF0000000000000) == 0x7FF0000000000000)
                throw new ArgumentException("Only finite values have quantiles.", nameof(bits));
            bits[i] ^= (bits[i] >> 63) & long.MaxValue;
        }
    }

    private static void FromKeys(Span<long> keys)
    {
        for (int i = 0; i < keys.Length; i++)
            keys[i] ^= (keys[i] >> 63) & long.MaxValue;
    }
}
