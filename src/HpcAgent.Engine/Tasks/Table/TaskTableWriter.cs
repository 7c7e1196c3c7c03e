using System.Globalization;

namespace HpcAgent.Engine.Tasks;

/// <summary>Streams tasks into the two files of a table.</summary>
internal sealed class TaskTableWriter : IDisposable
{
    private const int BlockBytes = 256 * 1024;
    private readonly FileStream _table;
    private readonly FileStream _index;
    private readonly ByteBuffer _records = new(BlockBytes + 4096);
    private readonly ByteBuffer _offsets = new(BlockBytes + 4096);
    private long _written;

    public TaskTableWriter(string folder)
    {
        Directory.CreateDirectory(folder);
        _table = Create(Path.Combine(folder, TaskTable.TableName));
        _index = Create(Path.Combine(folder, TaskTable.IndexName));
    }

    public long Count { get; private set; }

    public long Bytes => _written + _records.Length;

    public void Write(RunTask task, TaskRecordWriter writer)
    {
        if (task.Id != Count) throw new HpcException(
            ErrorCode.Internal,
            FormattableString.Invariant($"Task {Count} came with the id {task.Id}."));
        WriteOffset();
        writer.Write(_records, task);
        Count++;
        if (_records.Length >= BlockBytes) Flush();
    }

    public void Finish()
    {
        WriteOffset();
        Flush();
        _table.Flush();
        _index.Flush();
    }

    public void Dispose()
    {
        _table.Dispose();
        _index.Dispose();
    }

    private static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1);

    /// <summary>Blanks, not zeros, before the number: a shell takes leading zeros for an octal number.</summary>
    private void WriteOffset()
    {
        var line = _offsets.Reserve(TaskTable.IndexLineBytes)[..TaskTable.IndexLineBytes];
        line.Fill((byte)' ');
        Span<byte> digits = stackalloc byte[20];
        Bytes.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        digits[..length].CopyTo(line[(TaskTable.IndexLineBytes - 1 - length)..]);
        line[^1] = (byte)'\n';
        _offsets.Advance(TaskTable.IndexLineBytes);
    }

    private void Flush()
    {
        _table.Write(_records.Written);
        _written += _records.Length;
        _records.Clear();
        _index.Write(_offsets.Written);
        _offsets.Clear();
    }
}
