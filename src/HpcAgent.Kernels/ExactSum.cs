using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// A sum of doubles, and of products of two or three doubles, that is held without any error. The result depends only on what was
/// added, never on the order or on how the work was split. The value is held in fixed point, 32 bits to a limb of 64, so that
/// carries can wait (Neal, "Fast exact summation using small and large superaccumulators", 2015). The array of limbs covers only
/// the exponents that were met: ordinary data need about 100 bytes. Not safe for use by several threads at once.
/// </summary>
public sealed partial class ExactSum
{
    /// <summary>The power of two of bit 0 of limb 0: below the smallest product of three doubles, 2^-3222.</summary>
    private const int BaseExponent = -3232;

    /// <summary>Additions that a limb can take before carries must move: each adds less than 2^53.</summary>
    private const int Capacity = 1000;

    /// <summary>The most limbs that are doubled: numbers of wider range are rare.</summary>
    private const int MaxTwins = 32;

    /// <summary>Adds a finite number.</summary>
    /// <param name="value">The number.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is NaN or infinite; the sum is unchanged.</exception>
    public void Add(double value)
    {
        long significand = Binary64.Significand(value, out int exponent);
        if (significand == 0)
            return;
        long sign = BitConverter.DoubleToInt64Bits(value) >> 63;
        AddTwoLimbs((significand ^ sign) - sign, exponent - 1075 - BaseExponent);
    }

    /// <summary>Adds finite numbers.</summary>
    /// <param name="values">The numbers.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is NaN or infinite; those before it may have been added.</exception>
    public void Add(ReadOnlySpan<double> values)
    {
        while (values.Length >= BlockSum.Smallest)
        {
            int length = BlockSum.Fit(values.Length);
            if (!BlockSum.TryAdd(this, values[..length]))
            {
                // Where one block does not suit, the next ones rarely do.
                length = Math.Min(values.Length, 16 * length);
                AddEach(values[..length]);
            }
            values = values[length..];
        }
        AddEach(values);
    }

    /// <summary>Adds the exact product of two finite numbers.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    public void AddProduct(double a, double b)
    {
        ulong high = Math.BigMul(
            (ulong)Binary64.Significand(a, out int exponentA), (ulong)Binary64.Significand(b, out int exponentB), out ulong low);
        if ((high | low) == 0)
            return;
        long sign = (BitConverter.DoubleToInt64Bits(a) ^ BitConverter.DoubleToInt64Bits(b)) >> 63;
        int position = exponentA + exponentB - (2 * 1075) - BaseExponent;
        int shift = position & 31;
        int index = Reserve(position >> 5, 4);
        ulong middle = low >> (32 - shift);
        long[] limbs = _limbs;
        limbs[index] += ((long)(uint)(low << shift) ^ sign) - sign;
        limbs[index + 1] += ((long)(uint)middle ^ sign) - sign;
        limbs[index + 2] += ((long)((middle >> 32) + (uint)(high << shift)) ^ sign) - sign;
        limbs[index + 3] += ((long)(high >> (32 - shift)) ^ sign) - sign;
        Spend();
    }

    /// <summary>Adds the exact product of three finite numbers.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">A factor.</param>
    public void AddProduct(double a, double b, double c)
    {
        ulong high = Math.BigMul(
            (ulong)Binary64.Significand(a, out int exponentA), (ulong)Binary64.Significand(b, out int exponentB), out ulong low);
        ulong third = (ulong)Binary64.Significand(c, out int exponentC);
        if ((high | low) == 0 || third == 0)
            return;
        ulong carry = Math.BigMul(low, third, out ulong word0);
        ulong word2 = Math.BigMul(high, third, out ulong word1);
        word1 += carry;
        if (word1 < carry)
            word2++;
        long sign = (BitConverter.DoubleToInt64Bits(a) ^ BitConverter.DoubleToInt64Bits(b) ^ BitConverter.DoubleToInt64Bits(c)) >> 63;
        int position = exponentA + exponentB + exponentC - (3 * 1075) - BaseExponent;
        int index = Reserve(position >> 5, 7);
        int shift = position & 31;
        AddWord(index, word0, shift, sign);
        AddWord(index + 2, word1, shift, sign);
        AddWord(index + 4, word2, shift, sign);
        Spend();
    }

    /// <summary>Adds another sum, which stays as it is.</summary>
    /// <param name="other">The other sum.</param>
    public void Merge(ExactSum other)
    {
        ArgumentNullException.ThrowIfNull(other);
        long[] source = ReferenceEquals(this, other) ? (long[])other._limbs.Clone() : other._limbs;
        if (source.Length == 0)
            return;
        int index = Reserve(other._low, source.Length + 1);
        for (int i = 0; i < source.Length; i++)
        {
            _limbs[index + i] += (uint)source[i];
            _limbs[index + i + 1] += source[i] >> 32;
        }
        Spend();
    }

    private void AddEach(ReadOnlySpan<double> values)
    {
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, _room);
            AddEachWithinRoom(values[..count]);
            values = values[count..];
        }
    }

    // Every second number goes to limbs of its own: a limb that was just written would otherwise be waited for.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddEachWithinRoom(ReadOnlySpan<double> values)
    {
        Span<long> twins = stackalloc long[MaxTwins];
        twins.Clear();
        int count = values.Length;
        int next = 0;
        while (next < count)
        {
            Span<long> limbs = _limbs;
            Span<long> others = limbs.Length <= MaxTwins ? twins[..limbs.Length] : limbs;
            for (; next + 1 < count && TryAddTo(limbs, values[next]); next += 2)
            {
                if (!TryAddTo(others, values[next + 1]))
                {
                    next++;
                    break;
                }
            }
            if (limbs.Length <= MaxTwins)
                Fold(others, limbs);
            // The last number, or one that needs more limbs.
            if (next < count)
                AddWidened(values[next++]);
        }
        _room -= count;
        if (_room == 0)
            MoveCarries();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAddTo(Span<long> limbs, double value)
    {
        long significand = Binary64.Significand(value, out int exponent);
        long sign = BitConverter.DoubleToInt64Bits(value) >> 63;
        significand = (significand ^ sign) - sign;
        int position = exponent - 1075 - BaseExponent;
        int index = (position >> 5) - _low;
        if (index < 0 || index + 1 >= limbs.Length)
            return significand == 0;
        limbs[index] += (uint)(significand << (position & 31));
        limbs[index + 1] += significand >> (32 - (position & 31));
        return true;
    }

    private void AddWidened(double value)
    {
        _ = Binary64.Significand(value, out int exponent);
        if (value != 0)
            _ = Reserve((exponent - 1075 - BaseExponent) >> 5, 2);
        _ = TryAddTo(_limbs, value);
    }

    private static void Fold(Span<long> from, Span<long> into)
    {
        for (int i = 0; i < from.Length; i++)
            into[i] += from[i];
        from.Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddTwoLimbs(long value, int position)
    {
        int shift = position & 31;
        int index = Reserve(position >> 5, 2);
        long[] limbs = _limbs;
        limbs[index] += (uint)(value << shift);
        limbs[index + 1] += value >> (32 - shift);
        Spend();
    }

    private void AddWord(int index, ulong word, int shift, long sign)
    {
        ulong rest = word >> (32 - shift);
        _limbs[index] += ((long)(uint)(word << shift) ^ sign) - sign;
        _limbs[index + 1] += ((long)(uint)rest ^ sign) - sign;
        _limbs[index + 2] += ((long)(rest >> 32) ^ sign) - sign;
    }
}
