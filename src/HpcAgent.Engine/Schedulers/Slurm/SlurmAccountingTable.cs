using System.Runtime.CompilerServices;
using System.Collections;
using System.Text;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>What was read of sacct: waiting elements as ranges first, so that what is known of a single one stands after it. An entry is made when it is asked for.</summary>
internal sealed class SlurmAccountingTable : IReadOnlyList<AccountingEntry>
{
    // Two rows an element are usual, of fifty bytes at least.
    private const int BytesPerElement = 100;

    private readonly List<SlurmJobRows> _jobs = [];
    private readonly Dictionary<string, SlurmJobRows> _jobsById = new(StringComparer.Ordinal);
    private readonly Utf8Interner _states = new(), _nodes = new();
    private readonly List<AccountingEntry> _ranges = [];
    private SlurmAccountingRow[] _rows;
    private int _count;
    private int _cells;

    /// <summary>Creates a table.</summary>
    /// <param name="length">How many bytes will be read.</param>
    public SlurmAccountingTable(int length)
    {
        _rows = new SlurmAccountingRow[16 + (length / BytesPerElement)];
        _cells = 1024 + (length / 8);
    }

    public int Count => _ranges.Count + _count;

    public AccountingEntry this[int index] => index < _ranges.Count ? _ranges[index] : Entry(_rows.AsSpan(0, _count)[index - _ranges.Count]);

    /// <summary>The rows of a job.</summary>
    public SlurmJobRows Job(ReadOnlySpan<byte> digits)
    {
        string id = Encoding.ASCII.GetString(digits);
        if (_jobsById.TryGetValue(id, out SlurmJobRows? job)) return job;
        job = new SlurmJobRows(_jobs.Count, id);
        _jobs.Add(job);
        _jobsById.Add(id, job);
        return job;
    }

    /// <summary>Takes the row of an attempt, unless a newer one of its element is there.</summary>
    /// <returns>Its place, or -1.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Put(SlurmJobRows job, int element, SlurmFields fields)
    {
        if (_count == _rows.Length) Array.Resize(ref _rows, _count * 2);
        ref SlurmAccountingRow row = ref _rows[_count];
        row.Read(fields, _states, _nodes);
        (row.Job, row.Element) = (job.Index, element);
        int place = job.Find(element);
        if (place < 0)
        {
            job.Add(element, _count, ref _cells);
            return _count++;
        }
        if (row.Start < _rows[place].Start) return -1;
        _rows[place] = row;
        return place;
    }

    /// <summary>Takes elements that never started.</summary>
    public void AddRanges(SlurmJobRows job, ElementRanges ranges, SlurmFields fields)
    {
        SlurmAccountingRow row = new() { Job = job.Index };
        row.Read(fields, _states, _nodes);
        AccountingEntry entry = Entry(row);
        foreach (ElementRange range in ranges.Ranges)
            _ranges.Add(entry with { Element = range.First, LastElement = range.Last, Step = range.Step });
    }

    /// <summary>Takes the memory of a step of the attempt at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void RaiseMemory(int place, long bytes)
    {
        ref SlurmAccountingRow row = ref _rows[place];
        if (bytes > row.PeakMemory) row.PeakMemory = bytes;
    }

    public IEnumerator<AccountingEntry> GetEnumerator()
    {
        foreach (AccountingEntry entry in _ranges) yield return entry;
        for (int at = 0; at < _count; at++) yield return Entry(_rows[at]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private AccountingEntry Entry(in SlurmAccountingRow row) => row.ToEntry(_jobs[row.Job].Id, _states, _nodes);
}
