using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// The sums of integers below 2^88 and of their squares, with weights: 192 bits in two's complement and 256 bits without sign.
/// With a total weight below 2^64 neither can overflow.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DecimalBin
{
    private ulong _sum0, _sum1, _sum2;
    private ulong _squares0, _squares1, _squares2, _squares3;

    /// <summary>Σwx.</summary>
    public readonly BigInteger Sum => (long)_sum2 == (long)_sum1 >> 63
        ? new Int128(_sum1, _sum0)
        : ((BigInteger)(long)_sum2 << 128) + new UInt128(_sum1, _sum0);

    /// <summary>Σwx².</summary>
    public readonly BigInteger Squares => (_squares2 | _squares3) == 0
        ? new UInt128(_squares1, _squares0)
        : ((BigInteger)new UInt128(_squares3, _squares2) << 128) + new UInt128(_squares1, _squares0);

    /// <summary>Adds an integer of weight 1.</summary>
    /// <param name="high">Its high half, below 2^24.</param>
    /// <param name="low">Its low half.</param>
    /// <param name="sign">All ones if it is negative, else 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ulong high, ulong low, ulong sign)
    {
        ulong square2 = Square(high, low, out ulong square0, out ulong square1);
        AddSum(low ^ sign, high ^ sign, sign, sign & 1);
        AddSquares(square0, square1, square2, 0);
    }

    /// <summary>Adds an integer of some weight.</summary>
    public void Add(ulong high, ulong low, ulong sign, ulong weight)
    {
        ulong square2 = Square(high, low, out ulong square0, out ulong square1);
        ulong word2 = Multiply(low, high, 0, weight, out ulong word0, out ulong word1, out _);
        AddSum(word0 ^ sign, word1 ^ sign, word2 ^ sign, sign & 1);
        square2 = Multiply(square0, square1, square2, weight, out square0, out square1, out ulong square3);
        AddSquares(square0, square1, square2, square3);
    }

    public void Merge(in DecimalBin other)
    {
        AddSum(other._sum0, other._sum1, other._sum2, 0);
        AddSquares(other._squares0, other._squares1, other._squares2, other._squares3);
    }

    /// <summary>The square of an integer below 2^88; gives its third word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Square(ulong high, ulong low, out ulong word0, out ulong word1)
    {
        ulong middle = Math.BigMul(low, low, out word0);
        ulong crossHigh = Math.BigMul(low, 2 * high, out ulong cross);
        word1 = middle + cross;
        return (high * high) + crossHigh + (word1 < cross ? 1UL : 0);
    }

    /// <summary>Three words times one; gives the third word of the product.</summary>
    private static ulong Multiply(
        ulong low, ulong middle, ulong high, ulong factor, out ulong word0, out ulong word1, out ulong word3)
    {
        ulong carry = Math.BigMul(low, factor, out word0);
        ulong next = Math.BigMul(middle, factor, out word1);
        word1 += carry;
        next += word1 < carry ? 1UL : 0;
        word3 = Math.BigMul(high, factor, out ulong word2);
        word2 += next;
        word3 += word2 < next ? 1UL : 0;
        return word2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSum(ulong word0, ulong word1, ulong word2, ulong carry)
    {
        _sum0 = Carry.Add(_sum0, word0, ref carry);
        _sum1 = Carry.Add(_sum1, word1, ref carry);
        _sum2 += word2 + carry;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddSquares(ulong word0, ulong word1, ulong word2, ulong word3)
    {
        ulong carry = 0;
        _squares0 = Carry.Add(_squares0, word0, ref carry);
        _squares1 = Carry.Add(_squares1, word1, ref carry);
        _squares2 = Carry.Add(_squares2, word2, ref carry);
        _squares3 += word3 + carry;
    }
}
