namespace HpcAgent.Engine.Aggregation;

/// <summary>Where each task's last record starts. Built in parallel; the result does not depend on the order.</summary>
internal sealed class PackedIndex(PackedFiles files, AggregationRequest request)
{
    /// <summary>The place of the last record by task, plus one; files follow one another.</summary>
    private readonly long[] _last = new long[request.TaskCount];
    private readonly long[] _bases = Bases(files);
    private int _next = -1;

    /// <summary>Takes ranges until none is left.</summary>
    public void Work(ReductionWorker worker, CancellationToken token)
    {
        for (int i = Interlocked.Increment(ref _next); i < files.Ranges.Count; i = Interlocked.Increment(ref _next))
        {
            token.ThrowIfCancellationRequested();
            PackedRange range = files.Ranges[i];
            PackedLines lines = new(files, worker, range, request.MaxRecordBytes + PackedRecord.FrameBytes);
            while (lines.MoveNext())
            {
                if (PackedRecord.TryReadTask(lines.Current, out long task, out _) && task < request.TaskCount)
                    Raise(ref _last[task], _bases[range.File] + lines.Offset + 1);
            }
        }
    }

    public bool IsLast(long task, int file, long offset) => _last[task] == _bases[file] + offset + 1;

    private static long[] Bases(PackedFiles files)
    {
        int count = files.Ranges.Count == 0 ? 0 : files.Ranges[^1].File + 1;
        long[] bases = new long[count];
        for (int i = 1; i < count; i++)
            bases[i] = bases[i - 1] + files.LengthOf(i - 1);
        return bases;
    }

    private static void Raise(ref long place, long value)
    {
        long seen = Volatile.Read(ref place);
        while (seen < value)
        {
            long before = Interlocked.CompareExchange(ref place, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
