using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

public sealed partial class ExactSum
{
    private long[] _limbs = [];

    /// <summary>The place of the first limb that is held.</summary>
    private int _low;

    /// <summary>Additions left before carries must move.</summary>
    private int _room = Capacity;

    /// <summary>Makes sure that the limbs [place, place + count) are held, and gives the index of the first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Reserve(int place, int count)
    {
        int index = place - _low;
        if (index < 0 || index + count > _limbs.Length)
            index = Widen(place, count);
        return index;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int Widen(int place, int count)
    {
        bool first = _limbs.Length == 0;
        // One limb to spare on either side: data that differ by a factor of 10^9 then share the first window.
        int low = first ? place - 1 : Math.Min(_low, place < _low ? place - 1 : place);
        int high = first ? place + count : Math.Max(_low + _limbs.Length - 1, place + count - 1);
        long[] wider = new long[high - low + 1];
        _limbs.CopyTo(wider, first ? 0 : _low - low);
        _limbs = wider;
        _low = low;
        return place - low;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Spend()
    {
        if (--_room == 0)
            MoveCarries();
    }

    /// <summary>Leaves every limb but the highest within 32 bits. The highest keeps the sign.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MoveCarries()
    {
        long carry = 0;
        int last = _limbs.Length - 1;
        for (int i = 0; i < last; i++)
        {
            long limb = _limbs[i] + carry;
            _limbs[i] = (uint)limb;
            carry = limb >> 32;
        }
        long top = _limbs[last] + carry;
        _limbs[last] = top;
        if (top != (int)top)
        {
            int index = Reserve(_low + last + 1, 1);
            _limbs[index] = top >> 32;
            _limbs[index - 1] = (uint)top;
        }
        _room = Capacity;
    }
}
