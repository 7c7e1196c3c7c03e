using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// The tasks of a run as they travel: <c>tasks.tab</c>, one record of shell text a task, and <c>tasks.idx</c>, one line of fixed width a
/// task with the byte offset of its record, and a last line with the end.
/// </summary>
/// <remarks>
/// A node reads the two offsets of task <c>i</c> with <c>dd if=tasks.idx bs=13 skip=i count=2</c> and those bytes of <c>tasks.tab</c>, and
/// evaluates them. Before, it sets <c>HPC_TABLE_DIR</c> to the folder of the table and <c>HPC_TASK_TMP</c> to a private folder. A record
/// holds, in this order:
/// <list type="number">
/// <item><c>HPC_PARAMS_JSON='{...}'</c>, not exported, all parameters as JSON without an apostrophe, for the dispatcher to write to a file
/// that <c>HPC_PARAMS</c> names; if the JSON has more than 64 KiB instead <c>export
/// HPC_PARAMS="${HPC_TABLE_DIR}"'/large/i.params.json'</c>;</item>
/// <item>one <c>export</c> of <c>HPC_KW_NAME='text'</c> for every parameter, and with <see cref="TaskTableOptions.Bare"/>
/// of <c>NAME='text'</c>;
/// a value over 64 KiB is in <c>large/i.NAME</c> and only <c>HPC_KW_NAME_FILE</c> is exported;</item>
/// <item>with <see cref="TaskTableOptions.ResultFolder"/> <c>HPC_RESULT_FOLDER='...'</c>, not exported;</item>
/// <item>for a parameter that the command takes by file, shell text that writes it to <c>HPC_TASK_TMP</c> and exports
/// <c>HPC_KW_NAME_FILE</c>;</item>
/// <item>with <see cref="TaskTableOptions.MarksEnd"/> the comment <c>#i</c>.</item>
/// </list>
/// </remarks>
public sealed class TaskTable : IDisposable
{
    /// <summary>The file of the records.</summary>
    public const string TableName = "tasks.tab";

    /// <summary>The file of the offsets.</summary>
    public const string IndexName = "tasks.idx";

    /// <summary>The folder, beside the two files, of values that are too large for the environment.</summary>
    public const string LargeFolder = "large";

    /// <summary>The bytes of one line of the index, line feed included.</summary>
    public const int IndexLineBytes = 13;

    /// <summary>The variable that holds the folder of the table while a record is evaluated.</summary>
    public const string FolderVariable = "HPC_TABLE_DIR";

    /// <summary>The variable that holds a private folder of the node while a record is evaluated.</summary>
    public const string ScratchVariable = "HPC_TASK_TMP";

    /// <summary>The variable that names the folder of the task's results, relative to the run's results.</summary>
    public const string ResultFolderVariable = "HPC_RESULT_FOLDER";

    private readonly string _folder;
    private readonly SafeFileHandle _table;
    private readonly SafeFileHandle _index;

    private TaskTable(string folder)
    {
        _folder = folder;
        _table = File.OpenHandle(Path.Combine(folder, TableName));
        _index = File.OpenHandle(Path.Combine(folder, IndexName));
    }

    /// <summary>The number of tasks.</summary>
    public long Count { get; private set; }

    internal static ReadOnlySpan<byte> InlineParameters => "HPC_PARAMS_JSON='"u8;

    internal static ReadOnlySpan<byte> FileParameters => "export HPC_PARAMS=\"${HPC_TABLE_DIR}\"'/large/"u8;

    /// <summary>Writes the table of a task set into a folder, which is made if it is not there.</summary>
    /// <param name="tasks">Tasks that <see cref="TaskIdentity.Compute"/> accepted.</param>
    /// <param name="folder">An absolute path.</param>
    /// <param name="options">What records hold beside the usual; null for nothing.</param>
    /// <param name="cancellation">Stops between two tasks.</param>
    public static TaskTableInfo Write(
        TaskSet tasks,
        string folder,
        TaskTableOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        using var files = new TaskTableWriter(folder);
        var records = new TaskRecordWriter(folder, options ?? new());
        foreach (var task in tasks.Read())
        {
            if ((task.Id & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            files.Write(task, records);
        }

        files.Finish();
        return new(files.Count, files.Bytes, records.LargeFileCount);
    }

    /// <summary>As <see cref="Write"/>, unless the folder is there; it appears when it is whole.</summary>
    /// <param name="tasks">Tasks that <see cref="TaskIdentity.Compute"/> accepted.</param>
    /// <param name="folder">An absolute path.</param>
    /// <param name="options">What records hold beside the usual.</param>
    /// <param name="cancellation">Stops between two tasks.</param>
    public static void WriteOnce(TaskSet tasks, string folder, TaskTableOptions options, CancellationToken cancellation)
    {
        if (Directory.Exists(folder)) return;
        string temporary = $"{folder}.{Environment.ProcessId}";
        if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        _ = Write(tasks, temporary, options, cancellation);
        Directory.Move(temporary, folder);
    }

    /// <summary>Opens the table in a folder.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: a file is missing or the two do not belong
    /// together.</exception>
    public static TaskTable Open(string folder)
    {
        foreach (var name in (string[])[TableName, IndexName])
            if (!File.Exists(Path.Combine(folder, name))) throw Corrupt(folder, $"{name} is missing");
        var table = new TaskTable(folder);
        try
        {
            table.CheckLengths();
            return table;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>The shell text of a task.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public string ReadShellText(long taskId) => Encoding.UTF8.GetString(ReadRecord(taskId));

    /// <summary>A task with its exact parameters in their order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: the record is damaged.</exception>
    public RunTask Read(long taskId)
    {
        var record = ReadRecord(taskId);
        return new RecordReader(_folder).Read(taskId, record, record.Length);
    }

    /// <summary>All tasks in order.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: a record is damaged.</exception>
    public IEnumerable<RunTask> ReadAll()
    {
        const int Batch = 1024;
        var reader = new RecordReader(_folder);
        byte[] record = [];
        byte[] block = [];
        var offsets = new long[Batch + 1];
        for (long first = 0; first < Count; first += Batch)
        {
            var count = (int)Math.Min(Batch, Count - first);
            ReadOffsets(first, offsets.AsSpan(0, count + 1));
            var bytes = checked((int)(offsets[count] - offsets[0]));
            if (block.Length < bytes) block = new byte[bytes];
            ReadTable(offsets[0], block.AsSpan(0, bytes));
            for (var i = 0; i < count; i++)
            {
                var length = (int)(offsets[i + 1] - offsets[i]);
                if (record.Length < length) record = new byte[Math.Max(length, 2 * record.Length)];
                block.AsSpan((int)(offsets[i] - offsets[0]), length).CopyTo(record);
                yield return reader.Read(first + i, record, length);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _table.Dispose();
        _index.Dispose();
    }

    internal static HpcException Corrupt(string folder, string problem) => new(
        ErrorCode.JournalCorrupt, $"The task table in {folder} is damaged: {problem}.", "Restore the folder, or submit the run anew.");

    private void CheckLengths()
    {
        var bytes = RandomAccess.GetLength(_index);
        if (bytes < IndexLineBytes || bytes % IndexLineBytes != 0)
            throw Corrupt(_folder, FormattableString.Invariant($"{IndexName} has {bytes} bytes, no multiple of {IndexLineBytes}"));
        Count = (bytes / IndexLineBytes) - 1;
        Span<long> end = stackalloc long[1];
        ReadOffsets(Count, end);
        if (end[0] != RandomAccess.GetLength(_table)) throw Corrupt(
            _folder,
            $"{IndexName} ends at byte {end[0]}, {TableName} at {RandomAccess.GetLength(_table)}");
    }

    /// <summary>The shell text of a task as bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public byte[] ReadRecord(long taskId)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(taskId);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(taskId, Count);
        Span<long> offsets = stackalloc long[2];
        ReadOffsets(taskId, offsets);
        var record = new byte[offsets[1] - offsets[0]];
        ReadTable(offsets[0], record);
        return record;
    }

    private void ReadOffsets(long first, Span<long> offsets)
    {
        Span<byte> lines = new byte[offsets.Length * IndexLineBytes];
        ReadExactly(_index, first * IndexLineBytes, lines);
        long before = 0;
        for (var i = 0; i < offsets.Length; i++)
        {
            var line = lines.Slice(i * IndexLineBytes, IndexLineBytes);
            if (!long.TryParse(
                line,
                NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite,
                CultureInfo.InvariantCulture,
                out offsets[i])
                || offsets[i] < before)
                throw Corrupt(_folder, FormattableString.Invariant($"line {first + i + 1} of {IndexName} is no offset"));
            before = offsets[i];
        }
    }

    private void ReadTable(long offset, Span<byte> target) => ReadExactly(_table, offset, target);

    private void ReadExactly(SafeFileHandle file, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            var read = RandomAccess.Read(file, target, offset);
            if (read == 0) throw Corrupt(_folder, "a file ends too early");
            target = target[read..];
            offset += read;
        }
    }

    /// <summary>Gets the parameters back from the JSON of a record.</summary>
    private sealed class RecordReader(string folder)
    {
        private readonly JsonReader _reader = new(new JsonSource([], "record"));

        public RunTask Read(long id, byte[] record, int length)
        {
            var text = record.AsSpan(0, length);
            try
            {
                if (text.StartsWith(FileParameters))
                    _reader.Source.Rewind(File.ReadAllBytes(Path.Combine(
                        folder,
                        LargeFolder,
                        FormattableString.Invariant($"{id}.params.json"))));
                else if (text.StartsWith(InlineParameters) && text[InlineParameters.Length..].IndexOf((byte)'\'') is >= 0 and var end)
                    _reader.Source.Rewind(record, InlineParameters.Length, InlineParameters.Length + end);
                else throw Corrupt(folder, FormattableString.Invariant($"the record of task {id} does not begin with its parameters"));
                var parameters = _reader.ReadMap();
                _reader.ExpectEnd();
                return new(id, parameters);
            }
            catch (HpcException error) when (error.Code == ErrorCode.SpecInvalid)
            {
                throw Corrupt(folder, FormattableString.Invariant($"task {id}: {error.Message}"));
            }
        }
    }
}
