namespace HpcAgent.Kernels;

/// <summary>Puts chosen ranks of an array in their place without sorting the rest (Hoare's selection, for several ranks at once).</summary>
internal static class RankSelection
{
    private const int SortBelow = 32;

    /// <summary>Reorders the keys so that each given rank holds what a full sort would put there.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="ranks">0-based ranks, ascending, without duplicates.</param>
    public static void Select(Span<long> keys, ReadOnlySpan<int> ranks) =>
        Select(keys, 0, ranks, 2 * System.Numerics.BitOperations.Log2((uint)keys.Length | 1));

    private static void Select(Span<long> keys, int offset, ReadOnlySpan<int> ranks, int patience)
    {
        while (!ranks.IsEmpty)
        {
            if (keys.Length <= SortBelow || patience-- == 0)
            {
                keys.Sort();
                return;
            }
            (int less, int greater) = Partition(keys, Pivot(keys));
            // [0, less) below the pivot, [less, greater) equal to it, [greater, ...) above it.
            int before = CountBelow(ranks, offset + less), within = CountBelow(ranks, offset + greater);
            Select(keys[..less], offset, ranks[..before], patience);
            ranks = ranks[within..];
            keys = keys[greater..];
            offset += greater;
        }
    }

    private static int CountBelow(ReadOnlySpan<int> ranks, int limit)
    {
        int count = 0;
        while (count < ranks.Length && ranks[count] < limit)
            count++;
        return count;
    }

    private static long Pivot(ReadOnlySpan<long> keys)
    {
        int step = keys.Length / 9;
        Span<long> sample = stackalloc long[9];
        for (int i = 0; i < sample.Length; i++)
            sample[i] = keys[(step / 2) + (i * step)];
        sample.Sort();
        return sample[4];
    }

    private static (int Less, int Greater) Partition(Span<long> keys, long pivot)
    {
        int less = 0, next = 0, greater = keys.Length;
        while (next < greater)
        {
            long key = keys[next];
            if (key < pivot)
            {
                keys[next++] = keys[less];
                keys[less++] = key;
            }
            else if (key > pivot)
            {
                keys[next] = keys[--greater];
                keys[greater] = key;
            }
            else
            {
                next++;
            }
        }
        return (less, greater);
    }
}
