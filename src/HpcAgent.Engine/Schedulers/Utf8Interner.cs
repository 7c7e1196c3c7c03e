using System.Runtime.CompilerServices;
using System.Buffers.Binary;
using System.Text;

namespace HpcAgent.Engine.Schedulers;

/// <summary>
/// Gives the same number and the same string for the same bytes: two hundred thousand rows name a dozen states and a few hundred nodes. Open
/// addressing, by a hash of both ends of the word, where the names of one site differ.
/// </summary>
internal sealed class Utf8Interner
{
    private (byte[] Bytes, string Text)[] _words = new (byte[], string)[16];
    private int[] _slots = new int[64];
    private int _count;

    /// <summary>The string of a number.</summary>
    public string this[int index] => _words[index].Text;

    public string Get(ReadOnlySpan<byte> text)
    {
        // Not in one expression: a new word may move the words.
        int index = Index(text);
        return this[index];
    }

    /// <summary>The number of a word, from 0 in the order of first appearance.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Index(ReadOnlySpan<byte> text)
    {
        int[] slots = _slots;
        for (int at = Hash(text) & (slots.Length - 1); ; at = (at + 1) & (slots.Length - 1))
        {
            int place = slots[at] - 1;
            if (place < 0) return Add(text, at);
            if (text.SequenceEqual(_words[place].Bytes)) return place;
        }
    }

    private int Add(ReadOnlySpan<byte> text, int slot)
    {
        if (_count == _words.Length) Array.Resize(ref _words, _count * 2);
        _words[_count] = (text.ToArray(), Encoding.UTF8.GetString(text));
        _slots[slot] = ++_count;
        if (_count * 2 > _slots.Length) Grow();
        return _count - 1;
    }

    private void Grow()
    {
        int[] slots = new int[_slots.Length * 4];
        for (int place = 0; place < _count; place++)
        {
            int at = Hash(_words[place].Bytes) & (slots.Length - 1);
            while (slots[at] != 0) at = (at + 1) & (slots.Length - 1);
            slots[at] = place + 1;
        }
        _slots = slots;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(ReadOnlySpan<byte> text)
    {
        ulong hash = (ulong)text.Length;
        if (text.Length >= 8)
        {
            hash += BinaryPrimitives.ReadUInt64LittleEndian(text) ^ (BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]) * 31);
        }
        else
        {
            foreach (byte b in text) hash = (hash << 8) | b;
        }
        return (int)((hash * 0x9E3779B97F4A7C15) >> 33);
    }
}
