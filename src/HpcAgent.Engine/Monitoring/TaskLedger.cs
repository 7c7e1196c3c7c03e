namespace HpcAgent.Engine.Monitoring;

/// <summary>
/// The states of all tasks of a run, folded from its events. Later attempts win over earlier ones, an end wins over the start of
/// its attempt, and completion over all else, so that the order in which event files are read does not matter. Completion is never
/// taken back.
/// </summary>
public sealed partial class TaskLedger
{
    /// <summary>How the note begins that says that no further task will be started.</summary>
    public const string StoppedNote = "stopped: ";

    /// <summary>How the note begins that says that a run which was stopped goes on.</summary>
    public const string ResumedNote = "resumed: ";

    private const string NotStartedNote = "not_started ";

    private readonly Entry[] _entries;
    private readonly List<string> _nodes = [];
    private readonly long[] _counts = new long[(int)TaskState.Unknown + 1];
    private bool _hasAssumptions;
    private DateTimeOffset _stoppedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _resumedAt = DateTimeOffset.MinValue;

    /// <summary>Creates the ledger of a run of which nothing has been seen.</summary>
    /// <param name="taskCount">How many tasks the run has.</param>
    public TaskLedger(long taskCount)
    {
        _entries = new Entry[taskCount];
        Usage = new TaskUsageTable(taskCount);
        _counts[(int)TaskState.Pending] = taskCount;
    }

    /// <summary>How many tasks the run has.</summary>
    public long TaskCount => _entries.LongLength;

    /// <summary>What the accounting says that tasks used.</summary>
    public TaskUsageTable Usage { get; }

    /// <summary>Events that name a task which the run does not have, or contradict each other.</summary>
    public int ContradictionCount { get; private set; }

    /// <summary>True if a note says that no further task will be started.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Notes that no further task will be started, which something else than an event says.</summary>
    public void NoteStopped() => IsStopped = true;

    /// <summary>The state of a task.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public TaskState this[long taskId] => _entries[taskId].State;

    /// <summary>The latest attempt of a task, from 1; 0 if it never started.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public int Attempt(long taskId) => Math.Max(_entries[taskId].Attempt, _entries[taskId].Awaited);

    /// <summary>How often the task was lost with the process that watched it.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public int LostCount(long taskId) => _entries[taskId].LostCount;

    /// <summary>The process of the latest attempt, as its start event names it.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public int Pid(long taskId) => _entries[taskId].Pid;

    /// <summary>How long the latest attempt took, or null if it has not ended or nobody measured it.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public TimeSpan? Elapsed(long taskId) =>
        _entries[taskId] is { EndMilliseconds: > 0, ElapsedMilliseconds: >= 0 and var took } ? TimeSpan.FromMilliseconds(took) : null;

    /// <summary>The node of the latest attempt; null if the task never started.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public string? Node(long taskId) => _entries[taskId].Attempt > 0 ? _nodes[_entries[taskId].Node] : null;

    /// <summary>How many tasks are in a state.</summary>
    /// <param name="state">The state.</param>
    public long Count(TaskState state) => _counts[(int)state];

    /// <summary>Takes in one event.</summary>
    /// <param name="e">The event.</param>
    /// <param name="node">The node on whose event file it stood.</param>
    public void Apply(in TaskEvent e, string node)
    {
        if (e.Kind == TaskEventKind.Note)
        {
            if (e.Text?.StartsWith(StoppedNote, StringComparison.Ordinal) == true) ApplyStopped(e.At, e.Text[StoppedNote.Length..]);
            if (e.Text?.StartsWith(ResumedNote, StringComparison.Ordinal) == true) ApplyResumed(e.At);
            if (e.Text?.StartsWith(NotStartedNote, StringComparison.Ordinal) == true) ApplyNotStarted(e.Text[NotStartedNote.Length..]);
            return;
        }
        if (e.TaskId < 0 || e.TaskId >= TaskCount || e.Attempt < 1)
        {
            ContradictionCount++;
            return;
        }
        ref Entry entry = ref _entries[e.TaskId];
        if (e.Kind == TaskEventKind.Start) ApplyStart(ref entry, e, node);
        else ApplyEnd(ref entry, e, node);
    }

    /// <summary>
    /// Waits for a later attempt of a task, because it was submitted again: unless the task is complete, all that is said of attempts up to this one no
    /// longer counts.
    /// </summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="attempt">The last attempt that does not count any more.</param>
    public void Await(long taskId, int attempt)
    {
        if (taskId < 0 || taskId >= TaskCount) return;
        ref Entry entry = ref _entries[taskId];
        entry.Awaited = Math.Max(entry.Awaited, attempt);
        if (entry.State == TaskState.Complete || entry.Attempt > attempt) return;
        Move(ref entry, TaskState.Pending);
        (entry.Attempt, entry.EndMilliseconds, entry.Reason, entry.Source, entry.Said) = (0, 0, null, EvidenceSource.None, null);
    }

    /// <summary>True if the task has ended, or if it was submitted again since: then it is no longer up to an array that had it before.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="attemptBase">How many attempts the tasks of the array had behind them.</param>
    public bool IsSettledFor(long taskId, int attemptBase) => _entries[taskId].State.IsFinal() || attemptBase < _entries[taskId].Awaited;

    /// <summary>True if the task was submitted again since: what an array that had it before tells is not about its latest attempt.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="attemptBase">How many attempts the tasks of the array had behind them.</param>
    internal bool IsSubmittedAfter(long taskId, int attemptBase) => attemptBase < _entries[taskId].Awaited;

    // Of both notes the later one counts, whichever is read first.
    private void ApplyStopped(DateTimeOffset at, string reason)
    {
        if (at > _stoppedAt) _stoppedAt = at;
        if (_stoppedAt <= _resumedAt && _resumedAt > DateTimeOffset.MinValue) return;
        IsStopped = true;
        for (long id = 0; id < TaskCount; id++)
        {
            if (_entries[id].State != TaskState.Pending) continue;
            Move(ref _entries[id], TaskState.Cancelled);
            _entries[id].Reason = reason;
        }
    }

    private void ApplyResumed(DateTimeOffset at)
    {
        if (at > _resumedAt) _resumedAt = at;
        if (_stoppedAt > _resumedAt) return;
        IsStopped = false;
        for (long id = 0; id < TaskCount; id++)
        {
            ref Entry entry = ref _entries[id];
            if (entry.Awaited == 0 || entry.Attempt > 0 || entry.State != TaskState.Cancelled) continue;
            Move(ref entry, TaskState.Pending);
            entry.Reason = null;
        }
    }

    private void ApplyStart(ref Entry entry, in TaskEvent e, string node)
    {
        if (_firstStart is null || e.At < _firstStart) _firstStart = e.At;
        if (e.Attempt < entry.Attempt || e.Attempt <= entry.Awaited || entry.State == TaskState.Complete) return;
        if (e.Attempt == entry.Attempt)
        {
            // The end of this attempt was read first, from another file: only when it started is news, where the end does not say it.
            if (entry.ElapsedMilliseconds < 0) entry.StartMilliseconds = e.At.ToUnixTimeMilliseconds();
            return;
        }
        Move(ref entry, TaskState.Running);
        entry.Attempt = e.Attempt;
        entry.Pid = e.Pid ?? 0;
        entry.Node = NodeIndex(node);
        entry.StartMilliseconds = e.At.ToUnixTimeMilliseconds();
        entry.EndMilliseconds = 0;
        (entry.Source, entry.Said, entry.Reason) = (EvidenceSource.None, null, null);
    }

    private void ApplyEnd(ref Entry entry, in TaskEvent e, string node)
    {
        if (_lastEnd is null || e.At > _lastEnd) _lastEnd = e.At;
        if (e.State == TaskState.Lost && entry.LostCount < byte.MaxValue) entry.LostCount++;
        if (e.Attempt <= entry.Awaited && e.State != TaskState.Complete) return;
        if (!Overrules(e, entry)) return;
        bool startSeen = e.Attempt == entry.Attempt;
        Move(ref entry, e.State);
        entry.Attempt = e.Attempt;
        entry.Node = NodeIndex(node);
        entry.EndMilliseconds = Math.Max(1, e.At.ToUnixTimeMilliseconds());
        entry.ElapsedMilliseconds = e.Elapsed is { } elapsed ? (long)elapsed.TotalMilliseconds : -1;
        if (entry.ElapsedMilliseconds >= 0) entry.StartMilliseconds = entry.EndMilliseconds - entry.ElapsedMilliseconds;
        else if (!startSeen) entry.StartMilliseconds = entry.EndMilliseconds;
        entry.ExitCode = e.ExitCode ?? -1;
        entry.Signal = (byte)(e.Signal ?? 0);
        entry.PeakMemory = e.PeakMemoryBytes ?? 0;
        (entry.Source, entry.Said, entry.Reason) = (EvidenceSource.None, null, e.Text);
    }

    // Of two completions the first attempt's counts, of two ends of one attempt the later one.
    private bool Overrules(in TaskEvent e, in Entry entry)
    {
        bool complete = e.State == TaskState.Complete;
        if (entry.State == TaskState.Complete)
        {
            if (!complete) return false;
            if (e.Attempt != entry.Attempt) ContradictionCount++;
            if (e.Attempt != entry.Attempt) return e.Attempt < entry.Attempt;
        }
        else if (complete || e.Attempt > entry.Attempt)
        {
            return true;
        }
        if (e.Attempt < entry.Attempt) return false;
        long end = Math.Max(1, e.At.ToUnixTimeMilliseconds());
        return end > entry.EndMilliseconds || (end == entry.EndMilliseconds && e.State > entry.State);
    }

    private void Move(ref Entry entry, TaskState state)
    {
        _counts[(int)entry.State]--;
        entry.State = state;
        _counts[(int)state]++;
    }

    private ushort NodeIndex(string node)
    {
        int index = _nodes.LastIndexOf(node);
        if (index < 0)
        {
            index = _nodes.Count;
            _nodes.Add(node);
        }
        return (ushort)index;
    }
}
