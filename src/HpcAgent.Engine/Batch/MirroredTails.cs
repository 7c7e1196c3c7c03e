using System.Globalization;
using System.Text;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The ends of logs of failed tasks that were read of a cluster, in one file of the mirror: for each a line with task, attempt and length, the bytes, and a
/// newline; a length of -1 stands for a log that does not exist. A second file names those that the next look should bring.
/// </summary>
internal sealed class MirroredTails : ITaskTails
{
    private readonly RunLayout _layout;
    private readonly RemotePaths _paths;
    private readonly Dictionary<(long, int), (long Offset, int Length)> _known = [];
    private long _read;

    public MirroredTails(RunLayout layout, RemotePaths paths) => (_layout, _paths) = (layout, paths);

    private string FilePath => Path.Combine(_layout.Root, "tails");

    private string WantedPath => Path.Combine(_layout.Root, "tails-wanted");

    /// <summary>The logs that the next look should bring, as <c>task.attempt</c>.</summary>
    public IReadOnlyList<string> Wanted => File.Exists(WantedPath) ? [.. File.ReadLines(WantedPath).Where(TailAnswer.IsName)] : [];

    /// <inheritdoc />
    public TaskTail Find(RunTaskStatus task)
    {
        string path = _paths.TaskLog(task.TaskId, task.Attempt);
        ReadFirst();
        if (!_known.TryGetValue(Key(task), out (long Offset, int Length) place)) return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Unread, "", path);
        (long offset, int length) = place;
        if (length < 0) return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Missing, "", path);
        using FileStream file = Open();
        file.Position = offset;
        byte[] bytes = new byte[length];
        int read = file.ReadAtLeast(bytes, length, throwOnEndOfStream: false);
        return new TaskTail(task.TaskId, task.Attempt, TaskTailState.Read, Encoding.UTF8.GetString(bytes, 0, read), path);
    }

    /// <inheritdoc />
    public bool IsDue(RunTaskStatus task)
    {
        ReadFirst();
        return task.State.HasTellingLog() && !_known.ContainsKey(Key(task));
    }

    /// <summary>Takes in what a look brought, and notes what the next one should bring.</summary>
    /// <param name="tails">What it brought; a null content is a log that does not exist.</param>
    /// <param name="ledger">The tasks.</param>
    public void Take(IReadOnlyList<(long TaskId, int Attempt, ReadOnlyMemory<byte>? Content)> tails, TaskLedger ledger)
    {
        if (tails.Count > 0) Append(tails);
        ReadNew();
        string[] missing = [.. ledger.TasksIn(TaskStates.HasTellingLog)
            .Select(id => (Id: id, Attempt: Math.Max(1, ledger.Attempt(id))))
            .Where(t => !_known.ContainsKey(t))
            .Take(TailAnswer.MostTails)
            .Select(t => string.Create(CultureInfo.InvariantCulture, $"{t.Id}.{t.Attempt}"))];
        if (missing.Length > 0)
        {
            _ = Directory.CreateDirectory(_layout.Root);
            File.WriteAllLines(WantedPath, missing);
        }
        else if (File.Exists(WantedPath))
        {
            File.Delete(WantedPath);
        }
    }

    // A task that never began has no attempt, and its log would be that of the first.
    private static (long, int) Key(RunTaskStatus task) => (task.TaskId, Math.Max(1, task.Attempt));

    private void ReadFirst()
    {
        if (_read == 0) ReadNew();
    }

    private void Append(IReadOnlyList<(long TaskId, int Attempt, ReadOnlyMemory<byte>? Content)> tails)
    {
        _ = Directory.CreateDirectory(_layout.Root);
        try
        {
            ReadNew();
            using FileStream file = new(FilePath, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
            // What a process that died left half-written is overwritten.
            file.Position = _read;
            foreach ((long taskId, int attempt, ReadOnlyMemory<byte>? content) in tails)
            {
                file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{taskId} {attempt} {content?.Length ?? -1}\n")));
                if (content is { } bytes) file.Write(bytes.Span);
                file.WriteByte((byte)'\n');
            }
            file.SetLength(file.Position);
        }
        catch (IOException e) when (!StorageError.IsFull(e))
        {
            // Another process writes; what is not noted now the next look brings again.
        }
    }

    private void ReadNew()
    {
        if (!File.Exists(FilePath)) return;
        using FileStream file = Open();
        if (file.Length <= _read) return;
        file.Position = _read;
        while (ReadHeader(file) is { } header)
        {
            long offset = file.Position;
            int length = Math.Max(0, header.Length);
            if (offset + length >= file.Length) return;
            file.Position = offset + length;
            if (file.ReadByte() != '\n') return;
            _known[(header.TaskId, header.Attempt)] = (offset, header.Length);
            _read = file.Position;
        }
    }

    private FileStream Open() => new(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static (long TaskId, int Attempt, int Length)? ReadHeader(FileStream file)
    {
        StringBuilder line = new(32);
        int read;
        while ((read = file.ReadByte()) >= 0 && read != '\n' && line.Length < 60) _ = line.Append((char)read);
        return read == '\n' && line.ToString().Split(' ') is [var task, var attempt, var length]
            && long.TryParse(task, NumberStyles.None, CultureInfo.InvariantCulture, out long id)
            && int.TryParse(attempt, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && int.TryParse(length, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int bytes)
            && bytes is >= -1 and <= TaskTail.MaxBytes
            ? (id, number, bytes)
            : null;
    }
}
