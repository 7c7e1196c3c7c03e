using System.Runtime.CompilerServices;
using HpcAgent.Kernels;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// Reduces packed files by ranges of bytes, in parallel. Without an index every record is taken until one task is met twice;
/// then <see cref="HasRepeats"/> is set and the work so far is void.
/// </summary>
internal sealed class PackedReader(
    PackedFiles files, AggregationRequest request, Grouping grouping, TaskSet? wanted, PackedIndex? index = null)
{
    private readonly TaskSet _seen = new(request.TaskCount);
    private volatile bool _hasRepeats;
    private int _next = -1;

    public TaskSet Used { get; } = new(request.TaskCount);

    public bool HasRepeats => _hasRepeats;

    /// <summary>Takes ranges until none is left.</summary>
    // A short process reads a million lines before the runtime would compile this a second time.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Work(ReductionWorker worker, CancellationToken token)
    {
        for (int i = Interlocked.Increment(ref _next); i < files.Ranges.Count && !_hasRepeats; i = Interlocked.Increment(ref _next))
        {
            token.ThrowIfCancellationRequested();
            PackedRange range = files.Ranges[i];
            PackedLines lines = new(files, worker, range, request.MaxRecordBytes + PackedRecord.FrameBytes);
            while (lines.MoveNext())
            {
                if (lines.IsTooLong)
                    Report(worker, -1, range.File, lines.Offset, 0, $"a line longer than {request.MaxRecordBytes} bytes");
                else
                    ReadLine(worker, range.File, lines.Offset, lines.Current);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadLine(ReductionWorker worker, int file, long offset, ReadOnlySpan<byte> line)
    {
        if (!PackedRecord.TryReadTask(line, out long task, out int position))
        {
            if (PackedRecord.TryReadProblem(line, out task, out string said))
                ReportUnpacked(worker, task, file, offset, said);
            else if (line.IndexOfAnyExcept(" \t\r"u8) >= 0)
                Report(worker, -1, file, offset, 0, "a line that is not of the form {\"task\":0,\"metrics\":{...}}");
            return;
        }
        if (task >= request.TaskCount)
        {
            Report(worker, task, file, offset, 0, $"the run has no task {task}: its tasks are 0 to {request.TaskCount - 1}");
            return;
        }
        if ((wanted is not null && !wanted.Contains(task)) || (index is not null && !index.IsLast(task, file, offset)))
            return;
        if (!_seen.Add(task))
            _hasRepeats = true;
        else if (PackedRecord.TryReadBody(line, position, out int length))
            Reduce(worker, task, file, offset, position, line.Slice(position, length));
        else
            Report(worker, task, file, offset, position, "a record without an end");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Reduce(ReductionWorker worker, long task, int file, long offset, int position, ReadOnlySpan<byte> metrics)
    {
        bool usable = worker.Reader.TryRead(metrics, out MetricsProblem? problem);
        if (problem is not null)
            Report(worker, task, file, offset, position + problem.Offset, problem.Message);
        if (!usable)
            return;
        worker.Reduction.Add(grouping.GroupOf(task), worker.Reader);
        worker.Digest.Add(task, metrics);
        Used.Add(task);
    }

    // Not seen: another pack of the run may have its record.
    private void ReportUnpacked(ReductionWorker worker, long task, int file, long offset, string said)
    {
        if (task >= request.TaskCount)
            Report(worker, task, file, offset, 0, $"the run has no task {task}: its tasks are 0 to {request.TaskCount - 1}");
        else if (wanted is null || wanted.Contains(task))
            Report(worker, task, file, offset, 0, $"task {task}: {said}");
    }

    private void Report(ReductionWorker worker, long task, int file, long offset, long place, string message) =>
        worker.Problems.Add(new ResultProblem(
            task, files.PathOf(file), file, offset, place > 0 ? $"{message} (byte {place} of the line)" : message));
}
