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
        if (!TryReadFile(worker, path, out int length, out string? reason))
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
        used.Add(task);
    }

    /// <summary>Reads a whole file into the worker's buffer. No reason: the file is not there.</summary>
    private bool TryReadFile(ReductionWorker worker, string path, out int length, out string? reason)
    {
        length = 0;
        try
        {
            FileInfo file = new(path);
            if (!file.Exists)
            {
                reason = Directory.Exists(path) ? $"{path} is a folder, not a file" : null;
                return false;
            }
            // The length of a link is its own.
            if (file.Attributes.HasFlag(FileAttributes.ReparsePoint) && file.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target)
                file = target;
            // Pipes, sockets and devices have no length. They must not be opened: that could wait for ever.
            if (file.Length == 0)
            {
                reason = $"{path} is empty, or not a regular file";
                return false;
            }
            reason = $"{path} is larger than {request.MaxRecordBytes} bytes";
            if (file.Length > request.MaxRecordBytes)
                return false;
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle =
                File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return TryReadAll(worker, handle, (int)file.Length, out length);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            reason = null;
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            reason = $"{path} cannot be read: {exception.Message}";
            return false;
        }
    }

    private bool TryReadAll(ReductionWorker worker, Microsoft.Win32.SafeHandles.SafeFileHandle handle, int expected, out int length)
    {
        length = 0;
        worker.Enlarge(expected + 1);
        while (true)
        {
            int read = RandomAccess.Read(handle, worker.Buffer[length..], length);
            length += read;
            if (read == 0)
                return true;
            if (length > request.MaxRecordBytes)
                return false;
            worker.Enlarge(length + 1);
        }
    }
}
