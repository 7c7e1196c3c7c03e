using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// Sums over values whose weights have the same exponent, all exact: Σw and Σw², and Σwx and Σwx² by the decimal exponent of x. The exponents
/// near the first one that was met have sums each, which ordinary data never leave; the others share bins, one for eight exponents. Of both
/// only the range that was met is held.
/// </summary>
internal sealed class DecimalBins(int weightExponent)
{
    /// <summary>What Σw may reach.</summary>
    public const ulong MaxWeight = 1UL << 62;

    private const int Width = 8;

    /// <summary>Puts whole numbers with up to three decimals, and doubles of common size written in full, in one bin each.</summary>
    private const int Offset = 3;

    /// <summary>How many exponents at most have sums of their own.</summary>
    private const int MostNear = 16;

    private ExponentSums[] _near = [];
    private int _nearLow;
    private DecimalBin[] _bins = [];
    private int _low;
    private ulong _weight;
    private UInt128 _squaredWeight;

    public int WeightExponent { get; } = weightExponent;

    public DecimalBins? Next { get; set; }

    private static ReadOnlySpan<ulong> Tens => [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

    /// <summary>True if values of this weight can be added.</summary>
    public bool HasRoom(ulong weight) => weight <= MaxWeight - _weight;

    /// <summary>True if the other sums can be merged.</summary>
    public bool HasRoom(DecimalBins other) =>
        HasRoom(other._weight) && (_near.Length == 0 || other._near.Length == 0 ||
            Math.Max(_nearLow + _near.Length, other._nearLow + other._near.Length) - Math.Min(_nearLow, other._nearLow) <= MostNear);

    /// <summary>Adds a value of weight 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in DecimalNumber value)
    {
        _weight++;
        _squaredWeight += UInt128.One;
        if (value.Digits == 0)
            return;
        int index = NearOf(value.Exponent);
        if (index >= 0)
            _near[index].Add(value.Digits, value.Sign);
        else
            AddFar(value, 1);
    }

    /// <summary>Adds a value of weight · 10^<see cref="WeightExponent"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(in DecimalNumber value, in DecimalWeight weight)
    {
        _weight += weight.Integer;
        _squaredWeight += new UInt128(weight.SquareHigh, weight.SquareLow);
        if (value.Digits == 0)
            return;
        int index = NearOf(value.Exponent);
        if (index >= 0)
            _near[index].Add(value.Digits, value.Sign, weight.Integer);
        else
            AddFar(value, weight.Integer);
    }

    public void Merge(DecimalBins other)
    {
        _weight += other._weight;
        _squaredWeight += other._squaredWeight;
        for (int i = 0; i < other._near.Length; i++)
        {
            // First, as the array may become another one.
            int near = NearOf(other._nearLow + i);
            _near[near].Merge(other._near[i]);
        }
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
        _near = [];
        _bins = [];
        _weight = 0;
        _squaredWeight = UInt128.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public DecimalTotals ToTotals()
    {
        BigInteger sum = BigInteger.Zero, squares = BigInteger.Zero;
        for (int i = _bins.Length - 1; i >= 0; i--)
        {
            sum = (sum * 100_000_000) + _bins[i].Sum;
            squares = (squares * 10_000_000_000_000_000) + _bins[i].Squares;
        }
        int exponent = WeightExponent + (_low * Width) - Offset;
        (ExactDecimal farSum, ExactDecimal farSquares) = (new(sum, exponent), new(squares, exponent + (_low * Width) - Offset));
        (sum, squares) = (BigInteger.Zero, BigInteger.Zero);
        for (int i = _near.Length - 1; i >= 0; i--)
        {
            sum = (sum * 10) + _near[i].Sum;
            squares = (squares * 100) + _near[i].Squares;
        }
        exponent = WeightExponent + _nearLow;
        return new DecimalTotals(
            new ExactDecimal(_weight, WeightExponent), new ExactDecimal(_squaredWeight, 2 * WeightExponent),
            new ExactDecimal(sum, exponent) + farSum, new ExactDecimal(squares, exponent + _nearLow) + farSquares);
    }

    /// <summary>The index of the sums of an exponent, new if they were not there; -1 if it is too far from the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int NearOf(int exponent)
    {
        int index = exponent - _nearLow;
        return (uint)index < (uint)_near.Length ? index : WidenNear(exponent);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int WidenNear(int exponent)
    {
        bool first = _near.Length == 0;
        int low = first ? exponent : Math.Min(_nearLow, exponent);
        int length = (first ? exponent + 1 : Math.Max(_nearLow + _near.Length, exponent + 1)) - low;
        if (length > MostNear)
            return -1;
        ExponentSums[] wider = new ExponentSums[length];
        _near.CopyTo(wider, first ? 0 : _nearLow - low);
        _near = wider;
        _nearLow = low;
        return exponent - low;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AddFar(in DecimalNumber value, ulong weight)
    {
        ref DecimalBin bin = ref BinOf(value, out ulong high, out ulong low, out ulong sign);
        if (weight == 1)
            bin.Add(high, low, sign);
        else
            bin.Add(high, low, sign, weight);
    }

    /// <summary>The bin of a value, and the value in units of the bin.</summary>
    private ref DecimalBin BinOf(in DecimalNumber value, out ulong high, out ulong low, out ulong sign)
    {
        int place = value.Exponent + Offset;
        int index = Reserve(place >> 3);
        high = Math.BigMul(value.Digits, Tens[place & (Width - 1)], out low);
        sign = value.Sign;
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
