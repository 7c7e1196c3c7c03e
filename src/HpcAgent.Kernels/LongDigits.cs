using System.Numerics;

namespace HpcAgent.Kernels;

/// <summary>
/// The digits of the numbers of one document that have more of them than 64 bits hold. Digits after the 800th significant one are
/// cut off; no double needs more than 767. So neither digits nor exponents can grow beyond what a sum holds in little memory and time.
/// </summary>
internal sealed class LongDigits
{
    private const int MaxDigits = 800;
    private const int ChunkDigits = 19;

    private List<BigInteger>? _digits;

    public BigInteger this[ulong index] => _digits![(int)index];

    public void Clear() => _digits?.Clear();

    /// <summary>Reads a sound number that is finite and not zero as a double.</summary>
    /// <param name="text">The number without its sign; what follows the digits does not matter.</param>
    /// <param name="power">The power of ten of the last digit that is written.</param>
    /// <param name="rounded">The nearest double.</param>
    /// <returns>The number; an ordinary one if its digits fit without the zeros at their end.</returns>
    public DecimalNumber Read(ReadOnlySpan<byte> text, long power, double rounded)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        int kept = 0;
        long cut = 0;
        foreach (byte symbol in text)
        {
            if (symbol == (byte)'.' || (kept == 0 && symbol == (byte)'0'))
                continue;
            if (!char.IsAsciiDigit((char)symbol))
                break;
            if (kept < digits.Length)
                digits[kept++] = (byte)(symbol - '0');
            else
                cut++;
        }
        ReadOnlySpan<byte> significant = digits[..kept].TrimEnd((byte)0);
        int exponent = (int)(power + cut + kept - significant.Length);
        if (significant.Length <= ChunkDigits)
            return new DecimalNumber(rounded, ReadChunk(significant), exponent);
        _digits ??= [];
        _digits.Add(ReadAll(significant));
        return new DecimalNumber(rounded, (ulong)_digits.Count - 1, exponent, isLong: true);
    }

    private static BigInteger ReadAll(ReadOnlySpan<byte> digits)
    {
        int first = digits.Length % ChunkDigits;
        BigInteger value = ReadChunk(digits[..first]);
        for (int i = first; i < digits.Length; i += ChunkDigits)
            value = (value * 10_000_000_000_000_000_000UL) + ReadChunk(digits.Slice(i, ChunkDigits));
        return value;
    }

    private static ulong ReadChunk(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        foreach (byte digit in digits)
            value = (value * 10) + digit;
        return value;
    }
}
