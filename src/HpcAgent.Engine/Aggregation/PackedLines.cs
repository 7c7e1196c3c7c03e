using System.Runtime.CompilerServices;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Reads the lines that start in a range, the last one to its end wherever that is.</summary>
internal ref struct PackedLines
{
    private readonly PackedFiles _files;
    private readonly ReductionWorker _worker;
    private readonly PackedRange _range;
    private readonly int _maxLine;
    private readonly long _origin;
    private int _length;
    private int _next;

    public PackedLines(PackedFiles files, ReductionWorker worker, PackedRange range, int maxLine)
    {
        _files = files;
        _worker = worker;
        _range = range;
        _maxLine = maxLine;
        // One byte before the range tells whether a line starts with it.
        _origin = Math.Max(range.Start - 1, 0);
        int wanted = (int)(range.End - _origin);
        worker.Enlarge(wanted);
        _length = files.Read(range.File, worker.Buffer[..wanted], _origin);
        int before = range.Start == 0 ? -1 : worker.Buffer[.._length].IndexOf((byte)'\n');
        _next = range.Start > 0 && before < 0 ? int.MaxValue : before + 1;
    }

    /// <summary>The line, without its end.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The byte of the file at which the line starts.</summary>
    public long Offset { get; private set; }

    /// <summary>True if the line is longer than allowed; it is then cut off.</summary>
    public bool IsTooLong { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveNext()
    {
        if (_next >= _length || _origin + _next >= _range.End)
            return false;
        int end = _worker.Buffer[_next.._length].IndexOf((byte)'\n');
        if (end < 0)
            end = ReadOn();
        Current = _worker.Buffer.Slice(_next, end);
        Offset = _origin + _next;
        IsTooLong = end > _maxLine;
        _next += end + 1;
        return true;
    }

    /// <summary>Reads to the end of the last line, of the file, or of what is allowed, and gives the line's length.</summary>
    private int ReadOn()
    {
        while (true)
        {
            int known = _length - _next;
            if (known > _maxLine)
                return known;
            int step = Math.Clamp(known, 1 << 12, 1 << 24);
            _worker.Enlarge(_length + step);
            int read = _files.Read(_range.File, _worker.Buffer.Slice(_length, step), _origin + _length);
            _length += read;
            int end = _worker.Buffer[(_next + known).._length].IndexOf((byte)'\n');
            if (end >= 0)
                return known + end;
            if (read < step)
                return _length - _next;
        }
    }
}
