using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

public sealed partial class MetricsReader
{
    /// <summary>Reads a document of the known shape; false if it has another one, and then it is to be read in full.</summary>
    // A short process reads a million documents before the runtime would compile this a second time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadAlike(ReadOnlySpan<byte> text)
    {
        DocumentShape shape = _shape;
        DocumentShape.Gap[] gaps = shape.Gaps;
        if (gaps.Length == 0)
            return false;
        if (!_hasShape)
            TakeShape();
        LongDigits.Clear();
        bool isWeighted = false;
        int position = 0;
        for (int i = 0; i < gaps.Length; i++)
        {
            ref readonly DocumentShape.Gap gap = ref gaps[i];
            if (!gap.IsAt(text, position))
                return false;
            position += gap.Length;
            if (position >= text.Length)
                return false;
            if (gap.Leaf >= 0)
            {
                ref DecimalNumber number = ref _values[gap.Leaf].Number;
                if (!JsonNumber.TryRead(text, ref position, LongDigits, out number) || number.IsInfinite)
                    return false;
            }
            else
            {
                if (!JsonNumber.TryRead(text, ref position, LongDigits, out DecimalNumber weight) || !(weight.Near is >= 0 and <= double.MaxValue))
                    return false;
                SetWeight(weight);
                isWeighted = true;
            }
        }
        if (!text[position..].SequenceEqual(shape.Tail))
            return false;
        if (!isWeighted)
            ResetWeight();
        return true;
    }

    private void TakeShape()
    {
        MetricValue[] leaves = _shape.Leaves;
        if (_values.Length < leaves.Length)
            _values = new MetricValue[leaves.Length];
        leaves.CopyTo(_values, 0);
        _count = leaves.Length;
        _hasShape = true;
    }
}
