using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Local;

/// <summary>
/// The logs of many successful tasks in one file: before each log stands a line <c>==&gt; task 5 attempt 1, 123 bytes &lt;==</c>, after it a
/// newline. The length makes the file readable whatever the logs hold.
/// </summary>
internal static class JoinedLog
{
    private static readonly object s_gate = new();

    /// <summary>Appends one log. Only one supervisor writes, from several slots.</summary>
    public static void Append(string joined, long taskId, int attempt, string log)
    {
        lock (s_gate)
        {
            using FileStream source = File.OpenRead(log);
            using FileStream target = new(joined, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            target.Write(Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"==> task {taskId} attempt {attempt}, {source.Length} bytes <==\n")));
            source.CopyTo(target);
            target.WriteByte((byte)'\n');
        }
    }

    /// <summary>Finds the log of a task; the last one if it was written twice.</summary>
    /// <returns>Where it begins and how long it is, or null.</returns>
    public static (long Offset, long Length)? Find(Stream joined, long taskId)
    {
        (long, long)? found = null;
        while (ReadHeader(joined) is { } header)
        {
            if (header.TaskId == taskId) found = (joined.Position, header.Length);
            if (joined.Position + header.Length > joined.Length) break;
            joined.Position += header.Length + 1;
        }
        return found;
    }

    private static (long TaskId, long Length)? ReadHeader(Stream joined)
    {
        StringBuilder line = new(64);
        int read;
        while ((read = joined.ReadByte()) >= 0 && read != '\n' && line.Length < 100) _ = line.Append((char)read);
        string[] words = line.ToString().Split(' ');
        return words is ["==>", "task", var task, "attempt", _, var length, "bytes", "<=="] &&
            long.TryParse(task, NumberStyles.None, CultureInfo.InvariantCulture, out long id) &&
            long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            ? (id, bytes)
            : null;
    }
}
