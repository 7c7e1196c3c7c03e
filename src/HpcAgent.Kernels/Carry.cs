using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>Addition of words that make up one integer.</summary>
internal static class Carry
{
    /// <summary>Adds two words and a carry of 0 or 1, and gives the carry of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong left, ulong right, ref ulong carry)
    {
        ulong partial = left + carry;
        ulong sum = partial + right;
        // At most one of the two additions overflows.
        carry = (partial < carry ? 1UL : 0) + (sum < right ? 1UL : 0);
        return sum;
    }
}
