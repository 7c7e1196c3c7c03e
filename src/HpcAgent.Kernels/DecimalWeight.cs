using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcAgent.Kernels;

/// <summary>
/// A weight, not negative. If it fits, as integer · 10^exponent, with the exponent 0 if it is a whole number that fits alone.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct DecimalWeight
{
    // Boxed: the weight is copied for every document, and hardly ever is one wide.
    private readonly StrongBox<ExactDecimal>? _wide;

    public DecimalWeight(in DecimalNumber number, LongDigits longDigits)
    {
        ulong integer = number.Digits;
        int exponent = integer == 0 ? 0 : number.Exponent;
        for (; exponent < 0 && integer % 10 == 0; exponent++)
            integer /= 10;
        for (; exponent > 0 && integer <= DecimalBins.MaxWeight / 10; exponent--)
            integer *= 10;
        if (number.IsLong || integer > DecimalBins.MaxWeight)
            _wide = new StrongBox<ExactDecimal>(number.ToExact(longDigits));
        IsOne = !IsWide && integer == 1 && exponent == 0;
        Integer = integer;
        Exponent = exponent;
        SquareHigh = Math.BigMul(integer, integer, out ulong low);
        SquareLow = low;
    }

    public static DecimalWeight One { get; } = new(new DecimalNumber(1, 1, 0), new LongDigits());

    public ulong Integer { get; }

    public int Exponent { get; }

    /// <summary>The high half of the square of <see cref="Integer"/>.</summary>
    public ulong SquareHigh { get; }

    /// <summary>The low half of the square of <see cref="Integer"/>.</summary>
    public ulong SquareLow { get; }

    /// <summary>True if it does not fit in <see cref="Integer"/> and <see cref="Exponent"/>, which then mean nothing.</summary>
    public bool IsWide => _wide is not null;

    public bool IsZero => Integer == 0 && !IsWide;

    public bool IsOne { get; }

    public ExactDecimal ToExact() => _wide is not null ? _wide.Value : new ExactDecimal(Integer, Exponent);
}
