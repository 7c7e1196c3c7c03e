using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>
/// Reads the rows of sacct as bytes, one after the other: of each element the newest attempt, with the highest memory of its steps. A row of a step
/// follows that of its attempt. No field becomes a string, but once for each different job, state and node.
/// </summary>
internal sealed class SlurmAccountingReader
{
    private const byte Separator = 0x1f;

    private readonly SlurmAccountingTable _table;
    private SlurmJobRows? _job;
    private long _element = -1;
    private int _place = -1;

    private SlurmAccountingReader(int length) => _table = new(length);

    /// <summary>Reads all rows; what is none is passed over.</summary>
    /// <param name="text">What sacct printed.</param>
    /// <remarks>
    /// Thirty-two bytes are compared at once, and each bit of the comparison is one end of a field: to search for each separator anew takes three
    /// times as long, since fields are short. Compiled to the end at once, because in a short process the loop is over before the runtime would
    /// find that worth while.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static SlurmAccountingTable Read(ReadOnlySpan<byte> text)
    {
        SlurmAccountingReader reader = new(text.Length);
        Span<int> ends = stackalloc int[SlurmFields.Count];
        int start = 0, count = 0;
        for (int block = 0; block < text.Length; block += Vector256<byte>.Count)
        {
            for (uint marks = Marks(text, block); marks != 0; marks &= marks - 1)
            {
                int at = block + BitOperations.TrailingZeroCount(marks);
                if (text[at] != '\n')
                {
                    if (count < ends.Length) ends[count++] = at;
                    continue;
                }
                if (count > 0) reader.ReadRow(text[..at], start, ends, count);
                (start, count) = (at + 1, 0);
            }
        }
        if (count > 0) reader.ReadRow(text, start, ends, count);
        return reader._table;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Marks(ReadOnlySpan<byte> text, int at)
    {
        if (text.Length - at < Vector256<byte>.Count) return LastMarks(text[at..]);
        Vector256<byte> block = Vector256.Create(text[at..]);
        return (Vector256.Equals(block, Vector256.Create(Separator)) | Vector256.Equals(block, Vector256.Create((byte)'\n'))).ExtractMostSignificantBits();
    }

    private static uint LastMarks(ReadOnlySpan<byte> text)
    {
        Span<byte> block = stackalloc byte[Vector256<byte>.Count];
        block.Clear();
        text.CopyTo(block);
        return Marks(block, 0);
    }

    // The text goes to the end of the row.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadRow(ReadOnlySpan<byte> text, int start, Span<int> ends, int count)
    {
        if (text[^1] == '\r') text = text[..^1];
        if (count < ends.Length) ends[count++] = text.Length;
        ReadRow(text[start..ends[0]], new SlurmFields(text, ends[..count]));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadRow(ReadOnlySpan<byte> id, SlurmFields fields)
    {
        if (_job is null || !id.StartsWith(_job.Prefix))
        {
            int end = id.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (end < 0) end = id.Length;
            if (end is 0 or > 10) return;
            SlurmJobRows job = _table.Job(id[..end]);
            if (job != _job) (_job, _element, _place) = (job, -1, -1);
            if (end == id.Length || id[end] != '_')
            {
                ReadElement(0, id[end..], fields);
                return;
            }
        }
        id = id[_job.Prefix.Length..];
        if (!id.IsEmpty && id[0] == '[')
        {
            (_element, _place) = (-1, -1);
            if (ElementRanges.TryParse(id) is { } ranges) _table.AddRanges(_job, ranges, fields);
            return;
        }
        long element = 0;
        int used = 0;
        for (; used < id.Length && used < 10 && (uint)(id[used] - '0') is var digit and <= 9; used++) element = (element * 10) + digit;
        if (used > 0 && element <= int.MaxValue) ReadElement((int)element, id[used..], fields);
    }

    // A plus and a number behind the element are a part of a heterogeneous job, a dot and a name a step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void ReadElement(int element, ReadOnlySpan<byte> rest, SlurmFields fields)
    {
        if (rest.IsEmpty || rest[0] != '.')
        {
            _element = element;
            _place = _table.Put(_job!, element, fields);
        }
        else if (_place >= 0 && element == _element)
        {
            _table.RaiseMemory(_place, SlurmValue.Bytes(fields[SlurmFields.Memory]));
        }
    }
}
