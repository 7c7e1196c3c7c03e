using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// The sums of integers below 2^64 and of their squares, with weights: 128 bits in two's complement and 192 bits without sign. With a total
/// weight below 2^63 neither can overflow.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ExponentSums
{
    private ulong _sum0, _sum1;
    private ulong _squares0, _squares1, _squares2;

    /// <summary>Σwx.</summary>
    public readonly BigInteger Sum => ((BigInteger)(long)_sum1 << 64) + _sum0;

    /// <summary>Σwx².</summary>
    public readonly BigInteger Squares => ((((BigInteger)_squares2 << 64) + _squares1) << 64) + _squares0;

    /// <summary>Adds an integer of weight 1.</summary>
    /// <param name="integer">Its magnitude.</param>
    /// <param name="sign">All ones if it is negative, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong integer, ulong sign)
    {
        AddSum(integer, 0, sign);
        AddSquares(integer * integer, High(integer, integer), 0);
    }

    /// <summary>Adds an integer of some weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong integer, ulong sign, ulong weight)
    {
        ulong weighted0 = integer * weight;
        ulong weighted1 = High(integer, weight);
        AddSum(weighted0, weighted1, sign);
        ulong cross = weighted1 * integer;
        ulong word1 = High(weighted0, integer) + cross;
        AddSquares(weighted0 * integer, word1, High(weighted1, integer) + (word1 < cross ? 1UL : 0));
    }

    // The low half is a product of its own: from here it would come by way of memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong left, ulong right) => Math.BigMul(left, right, out _);

    public void Merge(in ExponentSums other)
    {
        AddSum(other._sum0, other._sum1, 0);
        AddSquares(other._squares0, other._squares1, other._squares2);
    }

    // The complement of all bits, and one more, is the negative.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSum(ulong word0, ulong word1, ulong sign)
    {
        ulong carry = sign & 1;
        _sum0 = Carry.Add(_sum0, word0 ^ sign, ref carry);
        _sum1 += (word1 ^ sign) + carry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSquares(ulong word0, ulong word1, ulong word2)
    {
        ulong carry = 0;
        _squares0 = Carry.Add(_squares0, word0, ref carry);
        _squares1 = Carry.Add(_squares1, word1, ref carry);
        _squares2 += word2 + carry;
    }
}
