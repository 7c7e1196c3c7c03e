using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Local;

/// <summary>
/// The logs of many successful tasks in one file: before each log stands a line <c>==&gt; task 5 attempt 1, 123 bytes &lt;==</c>, after it a
/// newline. The length makes the file readable whatever the logs hold.
/// </summary>
internal sealed class JoinedLog
{
    private const int BlockBytes = 1 << 16;

    private readonly object _gate = new();
    private readonly Dictionary<string, long> _lengths = new(StringComparer.Ordinal);

    /// <summary>
    /// Appends one log. Only one supervisor writes, from several slots. What a supervisor before it left half-written, or a full disk cut
    /// off, is overwritten: its log still stands alone.
    /// </summary>
    /// <exception cref="IOException">It cannot be written; doing it again is harmless.</exception>
    public void Append(string joined, long taskId, int attempt, string log)
    {
        lock (_gate)
        {
            using FileStream source = new(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using FileStream target = new(joined, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            if (!_lengths.TryGetValue(joined, out long end)) end = WholeLength(target);
            target.Position = end;
            // A process that the task left behind may still write: what is announced is what is copied.
            long length = source.Length;
            target.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"==> task {taskId} attempt {attempt}, {length} bytes <==\n")));
            Copy(source, target, length);
            target.WriteByte((byte)'\n');
            target.Flush();
            target.SetLength(target.Position);
            _lengths[joined] = target.Position;
        }
    }

    /// <summary>Finds the log of a task; the last one if it was written twice.</summary>
    /// <returns>Where it begins and how long it is, or null.</returns>
    public static (long Offset, long Length)? Find(Stream joined, long taskId)
    {
        (long, long)? found = null;
        while (ReadHeader(joined) is { } header)
        {
            if (joined.Position + header.Length >= joined.Length) break;
            if (header.TaskId == taskId) found = (joined.Position, header.Length);
            joined.Position += header.Length + 1;
        }
        return found;
    }

    private static long WholeLength(FileStream joined)
    {
        long whole = 0;
        while (ReadHeader(joined) is { } header)
        {
            if (joined.Position + header.Length >= joined.Length) break;
            joined.Position += header.Length;
            if (joined.ReadByte() != '\n') break;
            whole = joined.Position;
        }
        return whole;
    }

    private static void Copy(FileStream source, FileStream target, long length)
    {
        byte[] block = new byte[(int)Math.Min(BlockBytes, Math.Max(1, length))];
        while (length > 0)
        {
            int read = source.Read(block, 0, (int)Math.Min(block.Length, length));
            if (read == 0) throw new IOException($"{source.Name} became shorter while it was read");
            target.Write(block, 0, read);
            length -= read;
        }
    }

    private static (long TaskId, long Length)? ReadHeader(Stream joined)
    {
        StringBuilder line = new(64);
        int read;
        while ((read = joined.ReadByte()) >= 0 && read != '\n' && line.Length < 100) _ = line.Append((char)read);
        string[] words = line.ToString().Split(' ');
        return read == '\n' && words is ["==>", "task", var task, "attempt", _, var length, "bytes", "<=="] &&
            long.TryParse(task, NumberStyles.None, CultureInfo.InvariantCulture, out long id) &&
            long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? (id, bytes)
            : null;
    }
}
