using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>
/// Reads the rows of sacct as bytes, one after the other: of each element the newest attempt, with the highest memory of its steps. A row of a step
/// follows that of its attempt.
/// </summary>
internal sealed class SlurmAccountingReader
{
    private const byte Separator = 0x1f;

    // Two rows an element are usual, of some fifty bytes each.
    private const int BytesPerElement = 100;

    private readonly Dictionary<ulong, int> _places;
    private readonly List<Row> _rows;
    private readonly List<AccountingEntry> _ranges = [];
    private readonly Utf8Interner _jobs = new(), _states = new(), _nodes = new();
    private ulong _current;
    private int _place = -1;

    /// <summary>Creates a reader.</summary>
    /// <param name="length">How many bytes will come, roughly.</param>
    public SlurmAccountingReader(int length)
    {
        int count = length / BytesPerElement;
        (_places, _rows) = (new(count), new(count));
    }

    /// <summary>Takes one row; what is none is passed over.</summary>
    public void Read(ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty && line[^1] == '\r') line = line[..^1];
        ReadOnlySpan<byte> rest = line;
        ReadOnlySpan<byte> id = Next(ref rest);
        if (rest.IsEmpty || !Utf8Parser.TryParse(id, out long job, out int used) || used == 0) return;
        ReadOnlySpan<byte> name = id[..used];
        id = id[used..];
        long element = 0;
        if (!id.IsEmpty && id[0] == '_')
        {
            if (id.Length > 1 && id[1] == '[')
            {
                ReadRanges(_jobs.Get(name), id[1..], rest);
                return;
            }
            if (!Utf8Parser.TryParse(id[1..], out element, out used)) return;
            id = id[(1 + used)..];
        }
        if (job is < 0 or > int.MaxValue || element is < 0 or > uint.MaxValue) return;
        ulong key = ((ulong)job << 32) | (ulong)element;
        if (!id.IsEmpty && id[0] == '.') ReadStep(key, rest);
        else ReadAttempt(key, name, rest);
    }

    /// <summary>The entries: waiting elements as ranges first, so that what is known of a single one stands after it.</summary>
    public IReadOnlyList<AccountingEntry> Finish()
    {
        AccountingEntry[] entries = new AccountingEntry[_ranges.Count + _rows.Count];
        _ranges.CopyTo(entries);
        int at = _ranges.Count;
        foreach (ref readonly Row row in CollectionsMarshal.AsSpan(_rows))
            entries[at++] = row.ToEntry();
        return entries;
    }

    private void ReadAttempt(ulong key, ReadOnlySpan<byte> name, ReadOnlySpan<byte> rest)
    {
        Row row = ReadRow(_jobs.Get(name), (uint)key, rest);
        _current = key;
        ref int place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, key, out bool isKnown);
        if (!isKnown)
        {
            place = _rows.Count;
            _rows.Add(row);
        }
        else if (row.Start < _rows[place].Start)
        {
            _place = -1;
            return;
        }
        else
        {
            _rows[place] = row;
        }
        _place = place;
    }

    private void ReadStep(ulong key, ReadOnlySpan<byte> rest)
    {
        if (_place < 0 || key != _current) return;
        for (int field = 0; field < 4; field++) Next(ref rest);
        ReadOnlySpan<byte> memory = Next(ref rest);
        if (memory.IsEmpty) return;
        long? bytes = SchedulerText.Bytes(memory);
        ref Row row = ref CollectionsMarshal.AsSpan(_rows)[_place];
        if (bytes > (row.PeakMemory ?? 0)) row.PeakMemory = bytes;
    }

    private void ReadRanges(string job, ReadOnlySpan<byte> list, ReadOnlySpan<byte> rest)
    {
        _place = -1;
        if (ElementRanges.TryParse(list) is not { } ranges) return;
        Row row = ReadRow(job, 0, rest);
        foreach (ElementRange range in ranges.Ranges)
            _ranges.Add(row.ToEntry() with { Element = range.First, LastElement = range.Last, Step = range.Step });
    }

    private Row ReadRow(string job, long element, ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> word = Next(ref rest);
        TaskState state = SlurmStates.Of(word);
        Row row = new() { JobId = job, Element = element, State = state, RawState = _states.Get(word) };
        (row.ExitCode, row.Signal) = SchedulerText.Exit(Next(ref rest), state);
        row.Elapsed = SchedulerText.Number(Next(ref rest));
        // An attempt that has not started ("Unknown", "None") is newer than those that have.
        row.Start = SchedulerText.Number(Next(ref rest)) ?? long.MaxValue;
        row.PeakMemory = SchedulerText.Bytes(Next(ref rest));
        row.Node = rest.IsEmpty || rest.SequenceEqual("None assigned"u8) ? null : _nodes.Get(rest);
        return row;
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> rest)
    {
        int end = rest.IndexOf(Separator);
        ReadOnlySpan<byte> field = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return field;
    }

    private struct Row
    {
        public string JobId;
        public long Element;
        public TaskState State;
        public string RawState;
        public int? ExitCode;
        public int? Signal;
        public string? Node;
        public long? Elapsed;
        public long Start;
        public long? PeakMemory;

        public readonly AccountingEntry ToEntry() => new(
            JobId, Element, State, RawState, ExitCode, Signal, Node, Elapsed is { } seconds ? TimeSpan.FromSeconds(seconds) : null, PeakMemory);
    }
}
