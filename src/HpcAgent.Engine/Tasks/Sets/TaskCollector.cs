namespace HpcAgent.Engine.Tasks;

/// <summary>Collects tasks that come once, as from a pipeline, in a temporary file, so that a million of them need no memory.</summary>
public sealed class TaskCollector : IDisposable
{
    private readonly string _path = TemporaryFile.NewPath();
    private readonly ByteBuffer _buffer = new(72 * 1024);
    private readonly TaskSurvey _survey = new();
    private FileStream? _stream;
    private bool _finished;

    /// <summary>How many tasks were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds one task: a dictionary, or a scalar as the parameter <see cref="TaskSet.ScalarName"/>.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: the item cannot be a task.</exception>
    public void Add(object? item)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        ParameterMap task;
        try
        {
            task = TaskSet.ToMap(item);
        }
        catch (HpcException error)
        {
            throw Located(error);
        }

        Write(task);
    }

    /// <summary>Adds one task by the names of its parameters, all different, and their values in the same order.</summary>
    /// <param name="names">The names; kept, so that tasks alike should share one array.</param>
    /// <param name="values">The values; they may be changed by this.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: a value cannot be a parameter.</exception>
    public void Add(string[] names, object?[] values)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        ArgumentNullException.ThrowIfNull(values);
        try
        {
            for (int i = 0; i < values.Length; i++)
                if (values[i] is not (null or string or long or double or bool)) values[i] = ParameterValue.Normalize(values[i]);
        }
        catch (HpcException error)
        {
            throw Located(error);
        }

        Write(new ParameterMap(names, values));
    }

    /// <summary>The tasks collected. Nothing can be added afterwards.</summary>
    public TaskSet ToTaskSet()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        Flush();
        _stream!.Dispose();
        _finished = true;
        return new SpooledTaskSet(new(_path), Count, "task", _survey);
    }

    /// <summary>Drops what was collected, unless it became a task set.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        _survey.Dispose();
        if (_stream is null) return;
        _stream.Dispose();
        File.Delete(_path);
    }

    private HpcException Located(HpcException error) =>
        TaskError.Invalid(FormattableString.Invariant($"Task {Count}: {error.Message}"), error.Remediation ?? "", error);

    private void Write(ParameterMap task)
    {
        _survey.Visit(task);
        JsonEncoder.Write(_buffer, task, JsonStyle.Record);

        _buffer.Append((byte)'\n');
        Count++;
        if (_buffer.Length >= 64 * 1024) Flush();
    }

    private void Flush()
    {
        _stream ??= new FileStream(_path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1);
        _stream.Write(_buffer.Written);
        _buffer.Clear();
    }
}
