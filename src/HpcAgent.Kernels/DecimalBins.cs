using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Sums over values whose weights have the same exponent, all exact: Σw and Σw², and Σwx and Σwx² by the decimal exponent of x,
/// one bin for eight exponents. Only the range of bins that was met is held; ordinary data need one or two.
/// </summary>
internal sealed class DecimalBins(int weightExponent)
{
    /// <summary>What Σw may reach.</summary>
    public const ulong MaxWeight = 1UL << 62;

    private const int Width = 8;

    /// <summary>Puts whole numbers with up to three decimals, and doubles of common size written in full, in one bin each.</summary>
    private const int Offset = 3;

    private DecimalBin[] _bins = [];
    private int _low;
    private ulong _weight;
    private UInt128 _squaredWeight;

    public int WeightExponent { get; } = weightExponent;

    public DecimalBins? Next { get; set; }

    private static ReadOnlySpan<ulong> Tens => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

    /// <summary>True if values of this weight can be added.</summary>
    public bool HasRoom(ulong weight) => weight <= MaxWeight - _weight;

    public bool HasRoom(DecimalBins other) => HasRoom(other._weight);

    /// <summary>Adds a value of weight 1.</summary>
    public void Add(in DecimalNumber value)
    {
        _weight++;
        _squaredWeight += UInt128.One;
        if (value.Digits == 0)
            return;
        ref DecimalBin bin = ref BinOf(value, out ulong high, out ulong low, out ulong sign);
        bin.Add(high, low, sign);
    }

    /// <summary>Adds a value of weight · 10^<see cref="WeightExponent"/>.</summary>
    public void Add(in DecimalNumber value, ulong weight)
    {
        _weight += weight;
        _squaredWeight += (UInt128)weight * weight;
        if (value.Digits == 0)
            return;
        ref DecimalBin bin = ref BinOf(value, out ulong high, out ulong low, out ulong sign);
        bin.Add(high, low, sign, weight);
    }

    public void Merge(DecimalBins other)
    {
        _weight += other._weight;
        _squaredWeight += other._squaredWeight;
        DecimalBin[] source = other._bins;
        if (source.Length == 0)
            return;
        Reserve(other._low);
        int index = Reserve(other._low + source.Length - 1) - (source.Length - 1);
        for (int i = 0; i < source.Length; i++)
            _bins[index + i].Merge(source[i]);
    }

    public void Clear()
    {
        _bins = [];
        _weight = 0;
        _squaredWeight = UInt128.Zero;
    }

    public DecimalTotals ToTotals()
    {
        BigInteger sum = BigInteger.Zero, squares = BigInteger.Zero;
        for (int i = _bins.Length - 1; i >= 0; i--)
        {
            sum = (sum * 100_000_000) + _bins[i].Sum;
            squares = (squares * 10_000_000_000_000_000) + _bins[i].Squares;
        }
        int exponent = (_low * Width) - Offset;
        return new DecimalTotals(
            new ExactDecimal(_weight, WeightExponent), new ExactDecimal(_squaredWeight, 2 * WeightExponent),
            new ExactDecimal(sum, WeightExponent + exponent), new ExactDecimal(squares, WeightExponent + (2 * exponent)));
    }

    /// <summary>The bin of a value, and the value in units of the bin.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref DecimalBin BinOf(in DecimalNumber value, out ulong high, out ulong low, out ulong sign)
    {
        int place = value.Exponent + Offset;
        int index = Reserve(place >> 3);
        high = Math.BigMul(value.Digits, Tens[place & (Width - 1)], out low);
        sign = (ulong)(BitConverter.DoubleToInt64Bits(value.Rounded) >> 63);
        return ref _bins[index];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Reserve(int place)
    {
        int index = place - _low;
        return (uint)index < (uint)_bins.Length ? index : Widen(place);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Widen(int place)
    {
        bool first = _bins.Length == 0;
        int low = first ? place : Math.Min(_low, place);
        int high = first ? place : Math.Max(_low + _bins.Length - 1, place);
        DecimalBin[] wider = new DecimalBin[high - low + 1];
        _bins.CopyTo(wider, first ? 0 : _low - low);
        _bins = wider;
        _low = low;
        return place - low;
    }
}
