namespace HpcAgent.Engine.Tasks;

/// <summary>The one pass over a task set whose tasks can only be had one by one.</summary>
internal sealed class TaskSurvey : IDisposable
{
    private readonly Digest _digest = new();
    private readonly ByteBuffer _token = new();
    private readonly ByteBuffer _plain = new();
    private readonly DuplicateSearch _duplicates = new();
    private readonly List<TaskLayout> _layouts = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, LargeValue> _large = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _absent = new(StringComparer.Ordinal);
    private readonly Action<int> _onLarge;
    private TaskLayout? _layout;
    private object?[] _values = [];
    private long _id;

    public TaskSurvey() => _onLarge = NoteLarge;

    public static TaskIdentity Run(TaskSet tasks, CancellationToken cancellation)
    {
        using var survey = new TaskSurvey();
        foreach (var task in tasks.Read())
        {
            if ((survey._id & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            if (task.Id != survey._id) throw new HpcException(
                ErrorCode.Internal,
                FormattableString.Invariant($"Task {survey._id} came with the id {task.Id}."));
            survey.Visit(ParameterMap.Create(task.Parameters));
        }

        return survey.Finish(tasks, cancellation);
    }

    public void Dispose() => _digest.Dispose();

    /// <summary>Takes in the next task.</summary>
    public void Visit(ParameterMap task)
    {
        _values = task.Items;
        _layout = _layout?.Fits(task.Names) == true ? _layout : LayoutOf(task.Names);
        for (var i = 0; i < _values.Length; i++)
            if (_values[i] is not (null or double or long or bool)) TextCheck.Require(_id, task.Names[i], _values[i]);

        if (_id > 0) _digest.Block.Append((byte)'\n');
        var start = _digest.Block.Length;
        _layout.WriteLine(_digest.Block, _values, _onLarge);
        var line = _digest.Block.Written[start..];
        _token.Clear();
        _layout.WriteToken(_token, _values, _onLarge);
        if (line.Length + _token.Length > TaskIdentity.MaxEnvironmentBytes) CheckEnvironment();
        _duplicates.Add(line, _token.Written);
        _digest.Step();
        _id++;
    }

    /// <summary>What was found.</summary>
    /// <param name="tasks">The same tasks, to be read again where two look alike.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public TaskIdentity Finish(TaskSet tasks, CancellationToken cancellation)
    {
        if (_id == 0) throw TaskIdentity.NoTasks();
        foreach (var name in _large.Keys) ParameterNames.CheckFileVariable(name, _names);
        _duplicates.Finish(tasks, cancellation);
        return new(_id, _digest.Finish()) { ParameterNames = _names, LargeValues = _large, AbsentFrom = _absent };
    }

    private TaskLayout LayoutOf(string[] names)
    {
        foreach (var known in _layouts)
            if (known.Fits(names)) return known;
        var layout = new TaskLayout(names);
        if (_layouts.Count < 64) _layouts.Add(layout);
        if (ParameterMap.FirstDuplicate(names) is { } twice)
            throw TaskError.Invalid(FormattableString.Invariant($"Task {_id}: the parameter '{twice}' is given twice."), "Give it once.");
        foreach (var name in _names.Except(names, StringComparer.Ordinal)) _absent.TryAdd(name, _id);
        var before = _names.Count;
        foreach (var name in names.Except(_names, StringComparer.Ordinal).ToArray())
        {
            _names.Add(name);
            if (_id > 0) _absent.TryAdd(name, 0);
        }

        if (_names.Count > before || _id == 0) ParameterNames.Validate(_names);
        return layout;
    }

    private void NoteLarge(int index)
    {
        var bytes = PlainBytes(_values[index]);
        if (bytes > CommandTemplate.LargeValueBytes) _large.TryAdd(_layout!.Names[index], new(_id, bytes));
    }

    private void CheckEnvironment()
    {
        var total = _values.Select(PlainBytes).Where(bytes => bytes <= CommandTemplate.LargeValueBytes).Sum();
        if (total > TaskIdentity.MaxEnvironmentBytes) throw TaskIdentity.TooMuch(_id, total);
    }

    private long PlainBytes(object? value)
    {
        _plain.Clear();
        PlainText.Write(_plain, value);
        return _plain.Length;
    }
}
