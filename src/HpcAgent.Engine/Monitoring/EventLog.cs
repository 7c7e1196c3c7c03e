using System.Buffers;

namespace HpcAgent.Engine.Monitoring;

/// <summary>
/// Reads the event files of one run, only the bytes that it has not seen, and only up to the last newline; what stands behind that is
/// read when it is whole. A damaged line is kept as evidence and does not hide the lines behind it.
/// </summary>
public sealed class EventLog
{
    private readonly string _folder;
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private readonly List<string> _damage = [];

    /// <summary>Creates a reader that has seen nothing.</summary>
    /// <param name="folder">The absolute folder of the event files.</param>
    public EventLog(string folder) => _folder = folder;

    /// <summary>What was wrong with the files, one text for each damaged line, at most 20.</summary>
    public IReadOnlyList<string> Damage => _damage;

    /// <summary>How many lines were damaged.</summary>
    public int DamagedLineCount { get; private set; }

    /// <summary>Bytes read so far.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Reads what is new.</summary>
    /// <param name="apply">Called for each event with the name of its node.</param>
    /// <returns>True if there was anything new.</returns>
    public bool ReadNew(Action<TaskEvent, string> apply)
    {
        if (!Directory.Exists(_folder)) return false;
        bool any = false;
        foreach (string file in Directory.EnumerateFiles(_folder, "*.log").Order(StringComparer.Ordinal))
            any |= ReadFile(file, apply);
        return any;
    }

    /// <summary>The name of an event file: host and boot, as two clusters may share one home and hosts restart.</summary>
    /// <param name="host">The host.</param>
    /// <param name="boot">The boot id.</param>
    public static string FileName(string host, string boot) => $"{host}@{boot}.log";

    /// <summary>The node in the name of an event file.</summary>
    /// <param name="path">The file.</param>
    public static string NodeOf(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        int at = name.LastIndexOf('@');
        return at < 0 ? name : name[..at];
    }

    private bool ReadFile(string file, Action<TaskEvent, string> apply)
    {
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
        long offset = _offsets.GetValueOrDefault(file);
        if (stream.Length <= offset) return false;
        stream.Position = offset;
        string node = NodeOf(file);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 18);
        int held = 0;
        bool any = false;
        int read;
        while ((read = stream.Read(buffer, held, buffer.Length - held)) > 0)
        {
            BytesRead += read;
            int filled = held + read;
            int whole = buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            ApplyLines(buffer.AsSpan(0, whole), file, offset, node, apply);
            any |= whole > 0;
            offset += whole;
            held = filled - whole;
            // A line longer than the buffer cannot be one of ours: drop it, the rest up to its newline reads as damage.
            if (held == buffer.Length) (offset, held) = (offset + held, 0);
            else buffer.AsSpan(whole, held).CopyTo(buffer);
        }
        _offsets[file] = offset;
        ArrayPool<byte>.Shared.Return(buffer);
        return any;
    }

    private void ApplyLines(ReadOnlySpan<byte> lines, string file, long offset, string node, Action<TaskEvent, string> apply)
    {
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf((byte)'\n');
            if (TaskEventLine.TryParse(lines[..end], out TaskEvent e)) apply(e, node);
            else if (end > 0)
            {
                DamagedLineCount++;
                if (_damage.Count < 20) _damage.Add($"{Path.GetFileName(file)}: damaged line at byte {offset}");
            }
            offset += end + 1;
            lines = lines[(end + 1)..];
        }
    }
}
