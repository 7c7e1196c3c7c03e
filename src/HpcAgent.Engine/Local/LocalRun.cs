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
    private const int PauseMilliseconds = 500;

    private readonly TaskLedger _ledger;
    private readonly EventWriter _events;
    private readonly Queue<long> _again = new();
    private readonly ConcurrentDictionary<string, bool> _folders = new(StringComparer.Ordinal);
    private long _next;
    private readonly ManualResetEventSlim _never = new();
    private int _runningCount;
    private long _notBefore;

    private LocalRun(LocalOrder order, RunLayout layout, TaskTable tasks, IReadOnlyList<string> environment)
    {
        (Order, Layout, Tasks, Environment) = (order, layout, tasks, environment);
        Results = ResultFolder.Parse(order.ResultTemplate, order.RunId);
        _ledger = new TaskLedger(order.TaskCount);
        EventLog log = new(layout.Events);
        _ = log.ReadNew((e, node) => _ledger.Apply(e, node));
        foreach (long id in order.OnlyTasks ?? []) _ledger.Await(id, order.AttemptBase);
        IsStopped = _ledger.IsStopped;
        _events = new EventWriter(layout.Events, HostIdentity.Name, HostIdentity.Boot);
        if (!IsStopped || order.OnlyTasks is null) return;
        Note(TaskLedger.ResumedNote + order.JobId);
        IsStopped = _ledger.IsStopped;
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

    /// <summary>The logs of successful tasks.</summary>
    public JoinedLog JoinedLog { get; } = new();

    /// <summary>True if nothing runs and nothing is left; under the supervisor's lock.</summary>
    public bool IsFinished => _runningCount == 0 && !IsBlocked && (IsStopped || (_again.Count == 0 && !HasNext()));

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
        TaskTable tasks = TaskTable.Open(layout.Tasks);
        try
        {
            return new LocalRun(order, layout, tasks, environment);
        }
        catch
        {
            tasks.Dispose();
            throw;
        }
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
        if (IsStopped || IsBlocked || _runningCount >= Order.MaxConcurrentCount || System.Environment.TickCount64 < _notBefore) return null;
        long id;
        if (_again.Count > 0) id = _again.Dequeue();
        else if (HasNext()) id = TaskAt(_next++);
        else return null;
        _runningCount++;
        return new ActiveTask(this, id, _ledger.Attempt(id) + 1, DateTimeOffset.UtcNow);
    }

    /// <summary>The next task for a slot whose task of this run has ended, under the supervisor's lock; null if it should look around.</summary>
    public ActiveTask? TakeInPlace()
    {
        _runningCount--;
        ActiveTask? next = Take();
        if (next is null) _runningCount++;
        return next;
    }

    /// <summary>Puts a task back that could not be started for lack of room, under the supervisor's lock; nothing starts for a moment.</summary>
    public void PutBack(ActiveTask task)
    {
        _runningCount--;
        _again.Enqueue(task.TaskId);
        _notBefore = System.Environment.TickCount64 + PauseMilliseconds;
    }

    /// <summary>Waits a moment for room on the disk.</summary>
    public void WaitForRoom() => _ = _never.Wait(PauseMilliseconds);

    /// <summary>Records a start, or nothing if there is no room for it.</summary>
    /// <param name="task">The attempt.</param>
    /// <param name="pid">Its process.</param>
    /// <param name="before">The end of the task before it, which is recorded in any case.</param>
    public bool TryRecordStart(ActiveTask task, int pid, TaskEvent? before)
    {
        TaskEvent start = new()
        {
            At = task.StartedAt,
            Kind = TaskEventKind.Start,
            TaskId = task.TaskId,
            Attempt = task.Attempt,
            Pid = pid,
        };
        bool written = _events.TryWrite(start, before);
        lock (_ledger)
        {
            if (before is { } end) _ledger.Apply(end, HostIdentity.Name);
            if (written) _ledger.Apply(start, HostIdentity.Name);
        }
        return written;
    }

    /// <summary>Records the end of an attempt; a lost one is tried again, up to three times. The arguments are those of <see cref="EndOf"/>.</summary>
    public void RecordEnd(ActiveTask task, TaskState state, ProcessEnd end, string? reason, TimeSpan? elapsed = null) =>
        Record(EndOf(task, state, end, reason, elapsed));

    /// <summary>The event of an attempt's end.</summary>
    /// <param name="task">The attempt.</param>
    /// <param name="state">How it ended.</param>
    /// <param name="end">How its process ended.</param>
    /// <param name="reason">Why, if there is more to say.</param>
    /// <param name="elapsed">How long it took, if its end was not witnessed.</param>
    public static TaskEvent EndOf(ActiveTask task, TaskState state, ProcessEnd end, string? reason, TimeSpan? elapsed) => new()
    {
        At = DateTimeOffset.UtcNow,
        Kind = TaskEventKind.End,
        TaskId = task.TaskId,
        Attempt = task.Attempt,
        State = state,
        ExitCode = end.ExitCode,
        Signal = end.Signal,
        Elapsed = elapsed ?? (state == TaskState.Lost ? null : TimeSpan.FromMilliseconds(System.Environment.TickCount64 - task.StartTicks)),
        PeakMemoryBytes = task.SeenMemory > (end.PeakMemoryBytes ?? 0) ? task.SeenMemory : end.PeakMemoryBytes,
        Text = reason,
    };

    /// <summary>Records an event.</summary>
    public void Record(in TaskEvent e)
    {
        lock (_ledger) _ledger.Apply(e, HostIdentity.Name);
        _events.Write(e);
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

    /// <summary>The folder in which an attempt works, on the file system of the results.</summary>
    public string WorkPath(ActiveTask task)
    {
        string target = ResultPath(task.TaskId);
        return Path.Combine(Path.GetDirectoryName(target)!, string.Create(CultureInfo.InvariantCulture, $"_wip_{Path.GetFileName(target)}_{task.Attempt}"));
    }

    public string ResultPath(long taskId) =>
        Path.Combine(Layout.Results, Results.IsDefault ? RunLayout.DefaultResultFolder(taskId) : Results.Format(Tasks.Read(taskId)));

    public void Dispose()
    {
        _events.Dispose();
        Tasks.Dispose();
        _never.Dispose();
    }

    private bool HasNext()
    {
        long end = Order.OnlyTasks?.Count ?? Order.TaskCount;
        while (_next < end && _ledger[TaskAt(_next)] != TaskState.Pending) _next++;
        return _next < end;
    }

    // A resumption goes through its list, a run through all its tasks.
    private long TaskAt(long place) => Order.OnlyTasks is { } only ? only[(int)place] : place;
}
