using System.Collections;
using System.Management.Automation;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>
/// Takes tasks from the pipeline: a dictionary or a custom object is a map, a scalar is the parameter <c>_</c>, and of any other object
/// only the properties count that the command names. Each is turned into values at once; no object is kept.
/// </summary>
internal sealed class TaskInput : IDisposable
{
    private const string Model = "HpcAgent.";
    private const string OldModel = "Deserialized.HpcAgent.";

    private readonly TaskCollector _collector = new();
    private readonly NoteReader _notes = new();
    private readonly IReadOnlyList<string> _named;

    /// <summary>Creates it.</summary>
    /// <param name="named">The names that the command has between braces.</param>
    public TaskInput(IEnumerable<string> named) => _named = [.. named];

    /// <summary>How many tasks were taken.</summary>
    public long Count => _collector.Count;

    /// <summary>Takes one object.</summary>
    /// <exception cref="HpcException">It cannot be a task.</exception>
    public void Add(PSObject item)
    {
        if (item.BaseObject is not PSCustomObject)
        {
            _collector.Add(Task(item, item.BaseObject));
            return;
        }
        string type = NoteReader.TypeName(item);
        RefuseModel(type, OldModel);
        _notes.AddTo(_collector, item, type);
    }

    /// <summary>The tasks; nothing can be added afterwards.</summary>
    public TaskSet ToTaskSet() => _collector.ToTaskSet();

    /// <inheritdoc />
    public void Dispose() => _collector.Dispose();

    private object? Task(PSObject item, object value)
    {
        if (value is RunTask task) return task.Parameters;
        if (value is string or IDictionary || ParameterValue.IsScalar(value)) return PlainValue.Of(value);
        RefuseModel(value.GetType().FullName ?? "", Model);
        if (value is IEnumerable)
        {
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"Task {Count}: a list of type {value.GetType().Name} cannot be a task",
                "Pipe its elements one by one, or give each task as a map: @{ values = $list }.");
        }
        return Named(item, value);
    }

    private Dictionary<string, object?> Named(PSObject item, object value)
    {
        string type = value.GetType().Name;
        if (_named.Count == 0)
        {
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"Task {Count} is a {type}, and the command names none of its properties: which of them make the task is not clear",
                "Name them in the command, such as {FullName}, or choose them before: ... | Select-Object FullName | Submit-HpcRun ...");
        }
        Dictionary<string, object?> task = new(StringComparer.Ordinal);
        foreach (string name in _named)
        {
            PSPropertyInfo property = item.Properties[name] ?? throw new HpcException(
                ErrorCode.SpecInvalid,
                $"Task {Count} is a {type}, which has no property '{name}' that the command names",
                $"Look at its properties with Get-Member, or choose and rename them before: ... | Select-Object @{{ n = '{name}'; e = {{ ... }} }} | Submit-HpcRun ...");
            task.Add(name, PlainValue.Of(property.Value));
        }
        return task;
    }

    private void RefuseModel(string type, string prefix)
    {
        if (!type.StartsWith(prefix, StringComparison.Ordinal)) return;
        string name = type[prefix.Length..];
        throw new HpcException(
            ErrorCode.SpecInvalid,
            $"Object {Count} of the pipeline is a {name}, which is something that was submitted and not a task",
            name.StartsWith("RunTask", StringComparison.Ordinal)
                ? "To send its parameters again: ... | ForEach-Object Parameters | Submit-HpcRun ..."
                : "Pipe the task objects; to follow a run, pipe it into Get-HpcStatus, Watch-HpcRun or Invoke-HpcAggregate.");
    }
}
