using System.Numerics;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

public sealed partial class ExactSum
{
    /// <summary>True if the sum is exactly zero.</summary>
    public bool IsZero => Digits(out _) < 0;

    /// <summary>The sum, rounded once to the nearest double, ties to even. An exact zero is +0; a sum out of range is an infinity.</summary>
    /// <returns>The rounded sum.</returns>
    public double ToDouble()
    {
        bool negative = Digits(out uint[] digits) is var top && Negate(digits, ref top);
        if (top < 0)
            return 0;
        int shift = BitOperations.LeadingZeroCount(digits[top]);
        UInt128 window = new(
            ((ulong)digits[top] << 32) | (top > 0 ? digits[top - 1] : 0), top > 1 ? (ulong)digits[top - 2] << 32 : 0);
        window <<= shift;
        bool sticky = (ulong)window != 0;
        for (int i = top - 3; i >= 0 && !sticky; i--)
            sticky = digits[i] != 0;
        long exponent = (32L * (_low + top - 1)) + BaseExponent - shift;
        return Binary64.Compose(negative, (ulong)(window >> 64), sticky, exponent);
    }

    /// <summary>The exact sum as an integer times a power of two.</summary>
    /// <param name="exponent">The power of two.</param>
    /// <returns>The integer.</returns>
    public BigInteger ToBigInteger(out int exponent)
    {
        exponent = 0;
        bool negative = Digits(out uint[] digits) is var top && Negate(digits, ref top);
        if (top < 0)
            return BigInteger.Zero;
        int bottom = 0;
        while (digits[bottom] == 0)
            bottom++;
        exponent = (32 * (_low + bottom)) + BaseExponent;
        BigInteger magnitude = new(
            MemoryMarshal.AsBytes(digits.AsSpan(bottom, top - bottom + 1)), isUnsigned: true, isBigEndian: !BitConverter.IsLittleEndian);
        return negative ? -magnitude : magnitude;
    }

    /// <summary>Writes the sum as 32-bit digits in two's complement and gives the place of the highest that is not zero, or −1.</summary>
    private int Digits(out uint[] digits)
    {
        digits = new uint[_limbs.Length + 3];
        long carry = 0;
        int top = -1;
        for (int i = 0; i < digits.Length; i++)
        {
            long limb = (i < _limbs.Length ? _limbs[i] : 0) + carry;
            digits[i] = (uint)limb;
            carry = limb >> 32;
            if (digits[i] != 0)
                top = i;
        }
        return top;
    }

    /// <summary>Turns a negative number into its magnitude.</summary>
    private static bool Negate(uint[] digits, ref int top)
    {
        if (top < 0 || (int)digits[^1] >= 0)
            return false;
        ulong carry = 1;
        for (int i = 0; i < digits.Length; i++)
        {
            ulong digit = (ulong)(uint)~digits[i] + carry;
            digits[i] = (uint)digit;
            carry = digit >> 32;
            if (digits[i] != 0)
                top = i;
        }
        while (digits[top] == 0)
            top--;
        return true;
    }
}
