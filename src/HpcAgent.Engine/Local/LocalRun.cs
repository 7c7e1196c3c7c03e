using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Local;

/// <summary>One run in the hands of the supervisor: what is left to do, and the record of what was done.</summary>
internal sealed class LocalRun : IDisposable
{
    private const int MaxLostAttempts = 3;

    private readonly TaskLedger _ledger;
    private readonly EventWriter _events;
    private readonly Queue<long> _again = new();
    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);
    private long _next;
    private int _runningCount;

    private LocalRun(LocalOrder order, RunLayout layout, TaskTable tasks, IReadOnlyList<string> environment)
    {
        (Order, Layout, Tasks, Environment) = (order, layout, tasks, environment);
        Results = ResultFolder.Parse(order.ResultTemplate, order.RunId);
        _ledger = new TaskLedger(order.TaskCount);
        EventLog log = new(layout.Events);
        _ = log.ReadNew((e, node) => _ledger.Apply(e, node));
        _events = new EventWriter(layout.Events, HostIdentity.Name, HostIdentity.Boot);
    }

    public LocalOrder Order { get; }

    public RunLayout Layout { get; }

    public TaskTable Tasks { get; }

    public ResultFolder Results { get; }

    /// <summary>The environment of the tasks, as name=value.</summary>
    public IReadOnlyList<string> Environment { get; }

    /// <summary>True once nothing more may start.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>True if the runs that this one waits for have ended: a run's environment file goes with its end.</summary>
    public bool IsReady => Order.AfterRunFolders.All(folder => !File.Exists(Path.Combine(folder, "environment")));

    /// <summary>True while events cannot be written.</summary>
    public bool IsBlocked => _events.IsBlocked;

    /// <summary>True if nothing runs and nothing is left.</summary>
    public bool IsFinished => _runningCount == 0 && (IsStopped || (_next >= Order.TaskCount && _again.Count == 0)) && !IsBlocked;

    public static LocalOrder ReadOrder(string runFolder)
    {
        using FileStream stream = File.OpenRead(Path.Combine(runFolder, "order.json"));
        return JsonSerializer.Deserialize(stream, LocalJson.Default.LocalOrder) ?? throw new JsonException("empty order");
    }

    public static LocalRun Load(string runFolder)
    {
        LocalOrder order = ReadOrder(runFolder);
        RunLayout layout = new(order.RemotePath, order.RunId);
        IReadOnlyList<string> environment = EnvironmentFile.Read(layout.EnvironmentFile);
        return new LocalRun(order, layout, TaskTable.Open(layout.Tasks), environment);
    }

    /// <summary>Attempts of which the log has a start but no end: the supervisor before this one died while they ran.</summary>
    public IReadOnlyList<ActiveTask> FindOpenAttempts() =>
        [.. _ledger.TasksIn(s => s == TaskState.Running).Select(id =>
            new ActiveTask(this, id, _ledger.Attempt(id), _ledger.StartedAt(id)) { Pid = _ledger.Pid(id) })];

    /// <summary>Counts an attempt that still runs and was taken over.</summary>
    public void Adopt() => _runningCount++;

    /// <summary>The next task, under the supervisor's lock.</summary>
    public ActiveTask? Take()
    {
        if (IsStopped || IsBlocked || _runningCount >= Order.MaxConcurrentCount) return null;
        while (_next < Order.TaskCount && _ledger[_next] != TaskState.Pending) _next++;
        long id;
        if (_again.Count > 0) id = _again.Dequeue();
        else if (_next < Order.TaskCount) id = _next++;
        else return null;
        _runningCount++;
        return new ActiveTask(this, id, _ledger.Attempt(id) + 1, DateTimeOffset.UtcNow);
    }

    /// <summary>Puts a task back that could not be started, under the supervisor's lock.</summary>
    public void PutBack(ActiveTask task)
    {
        _runningCount--;
        _again.Enqueue(task.TaskId);
    }

    public void RecordStart(ActiveTask task, int pid) => Record(new TaskEvent
    {
        At = task.StartedAt,
        Kind = TaskEventKind.Start,
        TaskId = task.TaskId,
        Attempt = task.Attempt,
        Pid = pid,
    });

    /// <summary>Records the end of an attempt; a lost one is tried again, up to three times.</summary>
    public void RecordEnd(ActiveTask task, TaskState state, ProcessEnd end, string? reason)
    {
        Record(new TaskEvent
        {
            At = DateTimeOffset.UtcNow,
            Kind = TaskEventKind.End,
            TaskId = task.TaskId,
            Attempt = task.Attempt,
            State = state,
            ExitCode = end.ExitCode,
            Signal = end.Signal,
            Elapsed = TimeSpan.FromMilliseconds(System.Environment.TickCount64 - task.StartTicks),
            PeakMemoryBytes = end.PeakMemoryBytes,
            Text = reason,
        });
    }

    /// <summary>Counts an attempt as over, under the supervisor's lock.</summary>
    public void Release(ActiveTask task, TaskState state)
    {
        _runningCount--;
        if (state == TaskState.Lost && _ledger.LostCount(task.TaskId) < MaxLostAttempts) _again.Enqueue(task.TaskId);
    }

    /// <summary>Forgets a lost attempt that nobody runs any more, under the supervisor's lock.</summary>
    public void Requeue(long taskId)
    {
        if (_ledger.LostCount(taskId) < MaxLostAttempts) _again.Enqueue(taskId);
    }

    /// <summary>Starts nothing more.</summary>
    public void Stop(string reason)
    {
        if (IsStopped) return;
        IsStopped = true;
        Record(new TaskEvent { At = DateTimeOffset.UtcNow, Kind = TaskEventKind.Note, TaskId = -1, State = TaskState.Unknown, Text = TaskLedger.StoppedNote + reason });
    }

    public void Note(string text) =>
        Record(new TaskEvent { At = DateTimeOffset.UtcNow, Kind = TaskEventKind.Note, TaskId = -1, State = TaskState.Unknown, Text = text });

    public void RetryEvents() => _events.Retry();

    public void FlushEvents() => _events.Flush();

    /// <summary>Makes a folder once; the shard folders of results and logs are asked for with every task.</summary>
    public void EnsureFolder(string path)
    {
        if (_folders.ContainsKey(path)) return;
        _ = Directory.CreateDirectory(path);
        _ = _folders.TryAdd(path, true);
    }

    public string WorkFolder(ActiveTask task)
    {
        string target = ResultPath(task.TaskId);
        string parent = Path.GetDirectoryName(target)!;
        EnsureFolder(parent);
        return Path.Combine(parent, string.Create(CultureInfo.InvariantCulture, $"_wip_{Path.GetFileName(target)}_{task.Attempt}"));
    }

    public string ResultPath(long taskId) =>
        Path.Combine(Layout.Results, Results.IsDefault ? RunLayout.DefaultResultFolder(taskId) : Results.Format(Tasks.Read(taskId)));

    public void Dispose()
    {
        _events.Dispose();
        Tasks.Dispose();
    }

    private void Record(in TaskEvent e)
    {
        lock (_ledger) _ledger.Apply(e, HostIdentity.Name);
        _events.Write(e);
    }
}
