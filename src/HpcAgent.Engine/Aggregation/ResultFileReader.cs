using HpcAgent.Kernels;

namespace HpcAgent.Engine.Aggregation;

/// <summary>Reads one metrics file for each task, in parallel.</summary>
internal sealed class ResultFileReader(ResultFiles source, AggregationRequest request, Grouping grouping, TaskSet? wanted, TaskSet used)
{
    private const int Chunk = 256;

    private long _next;

    /// <summary>Takes chunks of tasks until none is left.</summary>
    public void Work(ReductionWorker worker, CancellationToken token)
    {
        while (true)
        {
            long first = Interlocked.Add(ref _next, Chunk) - Chunk;
            if (first >= request.TaskCount)
                return;
            token.ThrowIfCancellationRequested();
            long end = Math.Min(first + Chunk, request.TaskCount);
            for (long task = first; task < end; task++)
            {
                if (wanted is null || wanted.Contains(task))
                    ReadTask(worker, task);
            }
        }
    }

    private void ReadTask(ReductionWorker worker, long task)
    {
        string path = source.PathOf(task);
        if (!MetricsFile.TryRead(worker, path, request.MaxRecordBytes, out int length, out string? reason))
        {
            if (reason is not null)
                worker.Problems.Add(new ResultProblem(task, path, 0, 0, reason));
            return;
        }
        bool usable = worker.Reader.TryRead(worker.Buffer[..length], out MetricsProblem? problem);
        if (problem is not null)
        {
            string message = $"{path}:{problem.Line}:{problem.Column}: {problem.Message}";
            worker.Problems.Add(new ResultProblem(task, path, 0, problem.Offset, message));
        }
        if (!usable)
            return;
        worker.Reduction.Add(grouping.GroupOf(task), worker.Reader);
        worker.Digest.Add(task, worker.Buffer[..length]);
        used.Add(task);
    }
}
