using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Sums a block of numbers of similar size in vector registers without error. Adding and subtracting a power of two σ splits each
/// number into a part that is a multiple of 2^-53 σ and a rest, both exact; the first parts then add up without rounding, and the
/// rests are split once more (Rump, Ogita, Oishi, "Accurate floating-point summation I", 2008). If anything is left after that,
/// or a number is not finite, the block is left to the general method.
/// </summary>
internal static class BlockSum
{
    /// <summary>Blocks below this length are not worth the set-up.</summary>
    public const int Smallest = 64;

    private const int Longest = 2048;

    /// <summary>log2 of a bound of the additions to one partial sum, and two more: 2048 / (2 sums · 2 lanes) + 2 &lt; 2^10.</summary>
    private const int CountBits = 10;

    /// <summary>The longest prefix of a span that makes a block.</summary>
    public static int Fit(int length) => Math.Min(length, Longest) & -(2 * Vector<double>.Count);

    /// <summary>Adds a block whose length <see cref="Fit"/> gave; false if it does not suit, and then nothing was added.</summary>
    // A few long calls would otherwise run unoptimised to their end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryAdd(ExactSum target, ReadOnlySpan<double> block)
    {
        if (Vector<double>.Count < 2)
            return false;
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(block);
        double largest = LargestMagnitude(vectors);
        if (!(largest is > 1e-200 and < 1e200))
            return false;
        double sigma = Math.ScaleB(1, Math.ILogB(largest) + 1 + CountBits);
        Vector<double> coarse = new(sigma), fine = new(Math.ScaleB(sigma, CountBits - 53));
        Vector<double> coarse0 = default, coarse1 = default, fine0 = default, fine1 = default;
        Vector<long> left = default;
        for (int i = 0; i + 1 < vectors.Length; i += 2)
        {
            Vector<double> first = vectors[i], second = vectors[i + 1];
            Vector<double> part = coarse + first - coarse;
            coarse0 += part;
            first -= part;
            part = coarse + second - coarse;
            coarse1 += part;
            second -= part;
            part = fine + first - fine;
            fine0 += part;
            left |= Vector.AsVectorInt64(first - part);
            part = fine + second - fine;
            fine1 += part;
            left |= Vector.AsVectorInt64(second - part);
        }
        // A rest of -0 is nothing.
        if ((left & new Vector<long>(long.MaxValue)) != Vector<long>.Zero || !AreFinite(coarse0 - coarse0 + (coarse1 - coarse1)))
            return false;
        AddLanes(target, coarse0);
        AddLanes(target, coarse1);
        AddLanes(target, fine0);
        AddLanes(target, fine1);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double LargestMagnitude(ReadOnlySpan<Vector<double>> vectors)
    {
        Vector<double> max0 = default, max1 = default;
        for (int i = 0; i + 1 < vectors.Length; i += 2)
        {
            max0 = Vector.Max(max0, Vector.Abs(vectors[i]));
            max1 = Vector.Max(max1, Vector.Abs(vectors[i + 1]));
        }
        max0 = Vector.Max(max0, max1);
        double largest = 0;
        for (int lane = 0; lane < Vector<double>.Count; lane++)
            largest = Math.Max(largest, max0[lane]);
        return largest;
    }

    private static bool AreFinite(Vector<double> zeroUnlessNot) => Vector.EqualsAll(zeroUnlessNot, Vector<double>.Zero);

    private static void AddLanes(ExactSum target, Vector<double> sums)
    {
        for (int lane = 0; lane < Vector<double>.Count; lane++)
            target.Add(sums[lane]);
    }
}
