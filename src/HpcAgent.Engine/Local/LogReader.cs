using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Local;

/// <summary>Reads the end of a task's log, whether it stands alone or was joined with others, by the embedded scheduler or on a node.</summary>
internal static class LogReader
{
    /// <summary>The most bytes of the end of one log: some have no line ends at all.</summary>
    public const int MaxBytes = 1 << 20;

    private const int BlockBytes = 1 << 16;

    public static TaskLog Read(RunLayout layout, RunTaskStatus task, int lines)
    {
        string own = layout.TaskLog(task.TaskId, Math.Max(1, task.Attempt));
        using (FileStream? stream = TryOpen(own))
        {
            if (stream is not null)
            {
                long length = stream.Length;
                return new TaskLog(task.TaskId, own, Tail(stream, 0, length, lines), false, task.ExitCode) { EndOffset = length };
            }
        }
        foreach (string joined in (string[])[layout.JoinedLog(task.TaskId), .. layout.ElementLogs(task.TaskId)])
        {
            using FileStream? stream = TryOpen(joined);
            if (stream is not null && JoinedLog.Find(stream, task.TaskId) is { } found)
                return new TaskLog(task.TaskId, joined, Tail(stream, found.Offset, found.Length, lines), false, task.ExitCode) { EndOffset = found.Length };
        }
        // A task that succeeded without a word leaves no file; that is no missing log.
        return new TaskLog(task.TaskId, own, "", task.State != TaskState.Complete, task.ExitCode);
    }

    // A log moves into the joined file at any moment.
    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // Backwards in blocks until enough line ends are seen: a log may be huge.
    private static string Tail(FileStream stream, long offset, long length, int lines)
    {
        long first = Math.Max(offset, offset + length - MaxBytes);
        long start = offset + length;
        int seen = 0;
        byte[] block = new byte[BlockBytes];
        while (start > first && seen <= lines)
        {
            int size = (int)Math.Min(BlockBytes, start - first);
            stream.Position = start - size;
            stream.ReadExactly(block, 0, size);
            for (int i = size - 1; i >= 0 && seen <= lines; i--)
            {
                bool lastByte = start - size + i == offset + length - 1;
                if (block[i] != (byte)'\n' || lastByte) continue;
                if (++seen == lines) return Text(stream, start - size + i + 1, offset + length);
            }
            start -= size;
        }
        return Text(stream, first, offset + length);
    }

    private static string Text(FileStream stream, long from, long to)
    {
        byte[] bytes = new byte[to - from];
        stream.Position = from;
        int read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }
}
