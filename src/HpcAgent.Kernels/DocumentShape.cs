using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace HpcAgent.Kernels;

/// <summary>
/// The text of a document between its numbers. The documents of a run mostly differ in their numbers alone: then it is enough to find the
/// same text again, and all that was known of it (its grammar, its keys, that none occurs twice, leaves that are no numbers) holds.
/// </summary>
internal sealed class DocumentShape
{
    /// <summary>The leaf of a gap that comes before the weight.</summary>
    public const int Weight = -1;

    private const int LongestDocument = 1 << 20;
    private const int LongestWait = 1 << 12;

    private Gap[] _found = new Gap[16];
    private int _count;
    private long _wait = 1;
    private long _next;
    private int _end;

    /// <summary>What comes before each number; empty if no shape is known.</summary>
    public Gap[] Gaps { get; private set; } = [];

    /// <summary>What comes after the last number.</summary>
    public byte[] Tail { get; private set; } = [];

    /// <summary>All leaves; those that are numbers are to be read.</summary>
    public MetricValue[] Leaves { get; private set; } = [];

    /// <summary>True while a document is read whose shape is to be known.</summary>
    public bool IsLearning { get; private set; }

    /// <summary>Begins a document that was not of the known shape. Each time it is longer until the next one is learned, so that documents of ever other shapes cost little more.</summary>
    /// <param name="document">The number of the document, ascending.</param>
    /// <param name="length">Its length.</param>
    public void Begin(long document, int length)
    {
        IsLearning = document >= _next && length <= LongestDocument;
        if (!IsLearning)
            return;
        _next = document + _wait;
        _wait = Math.Min(2 * _wait, LongestWait);
        _count = 0;
        _end = 0;
    }

    /// <summary>Notes a number of the document that is being learned.</summary>
    public void Note(ReadOnlySpan<byte> text, int start, int end, int leaf)
    {
        if (_count == _found.Length)
            Array.Resize(ref _found, 2 * _count);
        _found[_count++] = new Gap(text[_end..start].ToArray(), leaf);
        _end = end;
    }

    /// <summary>Keeps the shape of the document that was just read to its end.</summary>
    public void Learn(ReadOnlySpan<byte> text, ReadOnlySpan<MetricValue> leaves)
    {
        IsLearning = false;
        Gaps = _found[.._count];
        Tail = text[_end..].ToArray();
        Leaves = leaves.ToArray();
    }

    /// <summary>The text before a number.</summary>
    internal readonly struct Gap(byte[] text, int leaf)
    {
        private readonly byte[] _text = text;
        private readonly ulong _first = FirstOf(text);
        private readonly ulong _last = text.Length > 8 ? BinaryPrimitives.ReadUInt64LittleEndian(text.AsSpan(text.Length - 8)) : 0;
        private readonly ulong _mask = text.Length >= 8 ? ulong.MaxValue : (1UL << (8 * text.Length)) - 1;

        /// <summary>The index of the number's leaf, or <see cref="Weight"/>.</summary>
        public int Leaf { get; } = leaf;

        public int Length { get; } = text.Length;

        /// <summary>True if the text is at that position. Up to 16 bytes, which is nearly always, in two comparisons.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool IsAt(ReadOnlySpan<byte> document, int position)
        {
            if (Length > 16 || position + 16 > document.Length)
                return document[position..].StartsWith(_text);
            if (((EightBytes.At(document, position) ^ _first) & _mask) != 0)
                return false;
            return Length <= 8 || EightBytes.At(document, position + Length - 8) == _last;
        }

        private static ulong FirstOf(byte[] text)
        {
            Span<byte> first = stackalloc byte[8];
            first.Clear();
            text.AsSpan(0, Math.Min(8, text.Length)).CopyTo(first);
            return BinaryPrimitives.ReadUInt64LittleEndian(first);
        }
    }
}
