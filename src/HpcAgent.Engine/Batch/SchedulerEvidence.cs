using System.Collections;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// Adds to the ledger what queue and accounting say of tasks whose own events do not say how they ended (design, section 8). It is found
/// anew at every look, and a task's own event always stands above it.
/// </summary>
internal sealed class SchedulerEvidence
{
    private readonly RunView _view;
    private readonly Dictionary<string, ArrayTasks> _arrays;
    private readonly DateTimeOffset _now;
    private readonly Dictionary<long, int> _putBack = [];

    /// <summary>Creates it.</summary>
    /// <param name="view">The run, whose events were read.</param>
    /// <param name="arrays">Its arrays by the scheduler's ids.</param>
    /// <param name="now">The time of the look.</param>
    public SchedulerEvidence(RunView view, IReadOnlyList<SchedulerArray> arrays, DateTimeOffset now)
    {
        (_view, _now) = (view, now);
        _arrays = new Dictionary<string, ArrayTasks>(StringComparer.Ordinal);
        foreach (SchedulerArray array in arrays) _arrays[array.JobId] = new ArrayTasks(array.Array);
    }

    /// <summary>
    /// Notes which tasks wait in the queue although an attempt of theirs is known to have begun: someone has put their element back, or its node was lost.
    /// It must be told before the events that came with this answer are read, which may be newer.
    /// </summary>
    /// <param name="queue">The user's jobs.</param>
    public void NotePutBack(IReadOnlyList<QueueEntry> queue)
    {
        foreach (QueueEntry entry in queue)
        {
            if (entry.State is not (TaskState.Pending or TaskState.Held) || !_arrays.TryGetValue(entry.JobId, out ArrayTasks? array)) continue;
            foreach (long element in Elements(array, entry))
            {
                (long first, long end) = array.Of(element);
                for (long at = first; at < end; at++)
                {
                    long id = array[at];
                    TaskState state = _view.Ledger[id];
                    if (_view.Ledger.Attempt(id) > array.Array.AttemptBase && !_view.Ledger.IsSubmittedAfter(id, array.Array.AttemptBase) && (state == TaskState.Running || state.MayRunAgain()))
                        _putBack[id] = _view.Ledger.Attempt(id);
                }
            }
        }
    }

    /// <summary>Takes in what the queue says.</summary>
    /// <param name="queue">The user's jobs.</param>
    /// <returns>True if any of them belongs to the run.</returns>
    public bool ApplyQueue(IReadOnlyList<QueueEntry> queue)
    {
        Dictionary<ArrayTasks, BitArray> seen = [];
        foreach (QueueEntry entry in queue)
        {
            if (!_arrays.TryGetValue(entry.JobId, out ArrayTasks? array)) continue;
            if (!seen.TryGetValue(array, out BitArray? elements)) seen.Add(array, elements = new BitArray(checked((int)array.Array.ElementCount)));
            foreach (long element in Elements(array, entry))
            {
                elements[(int)element - 1] = true;
                ApplyQueued(array, element, entry);
            }
        }
        HasMissing = seen.Any(s => IsMissingAny(s.Key, s.Value));
        return seen.Count > 0;
    }

    /// <summary>True if the queue knows an array and not all of its elements whose tasks have not ended: only the accounting can say what became of them.</summary>
    public bool HasMissing { get; private set; }

    private bool IsMissingAny(ArrayTasks array, BitArray seen)
    {
        for (int i = 0; i < seen.Count; i++)
        {
            if (seen[i]) continue;
            (long first, long end) = array.Of(i + 1);
            for (long at = first; at < end; at++)
                if (!_view.Ledger.IsSettledFor(array[at], array.Array.AttemptBase)) return true;
        }
        return false;
    }

    /// <summary>Takes in what the accounting says of elements that have left the queue.</summary>
    /// <param name="records">The records.</param>
    /// <param name="mayBeLate">Tells whether what a task of an array that ended has written may not be seen yet.</param>
    public void ApplyAccounting(IReadOnlyList<AccountingEntry> records, Func<long, PlanArray, bool> mayBeLate)
    {
        foreach (AccountingEntry record in records)
        {
            if (!_arrays.TryGetValue(record.JobId, out ArrayTasks? array) || !(record.State == TaskState.Complete || record.State.IsUnsuccessful())) continue;
            (long first, long last) = record.Element == 0 ? (1, array.Array.ElementCount) : (record.Element, Math.Min(record.LastElement, array.Array.ElementCount));
            for (long element = first; element <= last; element += Math.Max(1, record.Step)) ApplyEnded(array, element, record, mayBeLate);
        }
    }

    private void ApplyEnded(ArrayTasks array, long element, AccountingEntry record, Func<long, PlanArray, bool> mayBeLate)
    {
        // With 0 or 1 the dispatcher has ended by itself, and has written what became of each task. One that was ended has not; but of several tasks it
        // may have written the end of one that seems to be open yet.
        bool hasSpoken = record.State == TaskState.Complete || record is { State: TaskState.Failed, ExitCode: 1, Signal: null } || !array.IsOnePerElement;
        (long first, long end) = array.Of(element);
        for (long at = first; at < end; at++)
        {
            long id = array[at];
            // Slurm's accounting knows whether a person cancelled it; the dispatcher heard a signal only.
            if (record.State == TaskState.Cancelled && !_view.Ledger.IsSubmittedAfter(id, array.Array.AttemptBase)) _view.Ledger.AssumeToldToEnd(id, TaskState.Cancelled, _now, $"the scheduler says {record.RawState}");
            if (_view.Ledger.IsSettledFor(id, array.Array.AttemptBase)) continue;
            ApplyEnded(id, array.IsOnePerElement, record, hasSpoken && !_view.Ledger.IsNotStarted(id) && mayBeLate(id, array.Array));
        }
    }

    private static IEnumerable<long> Elements(ArrayTasks array, QueueEntry entry)
    {
        (long first, long last) = entry.FirstElement == 0 ? (1, array.Array.ElementCount) : (entry.FirstElement, Math.Min(entry.LastElement, array.Array.ElementCount));
        for (long element = first; element <= last; element += Math.Max(1, entry.Step)) yield return element;
    }

    /// <summary>The run was stopped, and nothing of it is in the queue: what has not ended never will.</summary>
    public void ApplyStopped()
    {
        for (long id = 0; id < _view.Ledger.TaskCount; id++)
        {
            if (!_view.Ledger[id].IsFinal())
                _view.Ledger.Assume(id, TaskState.Cancelled, EvidenceSource.Queue, _now, "the run was stopped");
        }
    }

    private void ApplyQueued(ArrayTasks array, long element, QueueEntry entry)
    {
        (long first, long end) = array.Of(element);
        for (long at = first; at < end; at++)
        {
            long id = array[at];
            if (entry.State is TaskState.Pending or TaskState.Held && _putBack.TryGetValue(id, out int attempt) && attempt == _view.Ledger.Attempt(id))
            {
                _view.Ledger.AssumePutBack(id, entry.State, _now);
                continue;
            }
            if (_view.Ledger[id] != TaskState.Pending || _view.Ledger.IsSettledFor(id, array.Array.AttemptBase)) continue;
            if (entry.State == TaskState.Held) _view.Ledger.Assume(id, TaskState.Held, EvidenceSource.Queue, _now, entry.Reason);
            else if (entry.State == TaskState.Running && array.IsOnePerElement) _view.Ledger.Assume(id, TaskState.Running, EvidenceSource.Queue, _now, null);
        }
    }

    private void ApplyEnded(long id, bool isAlone, AccountingEntry record, bool isLate)
    {
        TaskState state = _view.Ledger[id];
        if (isLate)
        {
            _view.Ledger.Assume(id, TaskState.Unknown, EvidenceSource.Accounting, _now, "the scheduler says that it ended; its own record has not come yet");
            return;
        }
        string words = $"the scheduler says {record.RawState}";
        TaskState ended = record.State switch
        {
            TaskState.Complete => TaskState.Lost,
            // Grid Engine has no word for jobs that were deleted: they were ended by a signal, as after any other kill.
            TaskState.Failed when _view.Ledger.IsStopped && record.Signal is not null => TaskState.Cancelled,
            _ => record.State,
        };
        // Of an element only the task that was running is to blame; what had not begun was not started.
        if (state == TaskState.Running)
            _view.Ledger.Assume(id, ended, EvidenceSource.Accounting, _now, words, record.ExitCode, record.Signal);
        else if (isAlone)
            _view.Ledger.Assume(id, ended, EvidenceSource.Accounting, _now, $"{words}, before the task began", record.ExitCode, record.Signal);
        else
            _view.Ledger.Assume(id, TaskState.Cancelled, EvidenceSource.Accounting, _now, $"not started: {words} of its element");
    }
}
