using System.Globalization;

namespace HpcAgent.Engine.Monitoring;

public sealed partial class TaskLedger
{
    /// <summary>Forgets what the scheduler said, so that only events count, before it is asked again.</summary>
    public void ForgetAssumptions()
    {
        if (!_hasAssumptions) return;
        for (long id = 0; id < TaskCount; id++)
        {
            ref Entry entry = ref _entries[id];
            if (entry.Source is EvidenceSource.None or EvidenceSource.Event) continue;
            entry.Source = EvidenceSource.None;
            if (entry.Said is { } said)
            {
                // The rest of what the event said has stayed.
                Move(ref entry, said);
                entry.Said = null;
                continue;
            }
            Move(ref entry, entry.Attempt > 0 ? TaskState.Running : TaskState.Pending);
            (entry.EndMilliseconds, entry.Reason) = (0, null);
        }
        _hasAssumptions = false;
    }

    /// <summary>Takes in what the scheduler says of a task that has no end event.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="state">The state.</param>
    /// <param name="source">Queue or accounting.</param>
    /// <param name="at">When it was said.</param>
    /// <param name="reason">Its words, or null.</param>
    /// <param name="exitCode">The exit code, if there is one.</param>
    /// <param name="signal">The signal, if there is one.</param>
    public void Assume(
        long taskId, TaskState state, EvidenceSource source, DateTimeOffset at, string? reason, int? exitCode = null, int? signal = null)
    {
        ref Entry entry = ref _entries[taskId];
        if (entry.State.IsFinal() && entry.Source is EvidenceSource.None or EvidenceSource.Event) return;
        _hasAssumptions = true;
        Move(ref entry, state);
        entry.Source = source;
        entry.SourceSeconds = at.ToUnixTimeSeconds();
        entry.Reason = reason;
        if (!state.IsFinal()) return;
        entry.EndMilliseconds = Math.Max(1, There(at).ToUnixTimeMilliseconds());
        entry.ElapsedMilliseconds = -1;
        entry.ExitCode = exitCode ?? -1;
        entry.Signal = (byte)(signal ?? 0);
        entry.PeakMemory = 0;
    }

    /// <summary>Takes in that the scheduler has put a task back, and will start it again.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="state">Pending or held.</param>
    /// <param name="at">When it was said.</param>
    public void AssumePutBack(long taskId, TaskState state, DateTimeOffset at)
    {
        ref Entry entry = ref _entries[taskId];
        if (entry.State.IsFinal() && !entry.State.MayRunAgain()) return;
        Overrule(ref entry, state, EvidenceSource.Queue, at);
        entry.Reason = "the scheduler has put it back into the queue";
    }

    /// <summary>Takes in why the scheduler ended a task that was told to end, and knew no more than that.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="state">What the accounting says, such as cancelled.</param>
    /// <param name="at">When it was said.</param>
    /// <param name="reason">Its words.</param>
    public void AssumeToldToEnd(long taskId, TaskState state, DateTimeOffset at, string reason)
    {
        ref Entry entry = ref _entries[taskId];
        if (entry.State != TaskState.Preempted) return;
        Overrule(ref entry, state, EvidenceSource.Accounting, at);
        entry.Reason = reason;
    }

    private void Overrule(ref Entry entry, TaskState state, EvidenceSource source, DateTimeOffset at)
    {
        _hasAssumptions = true;
        entry.Said = entry.State;
        Move(ref entry, state);
        (entry.Source, entry.SourceSeconds) = (source, at.ToUnixTimeSeconds());
    }

    /// <summary>Takes in that a task is complete because its results are in place, though its end event was not seen. It is not taken back; the event, if it comes, says more.</summary>
    /// <param name="taskId">The 0-based id.</param>
    /// <param name="at">When that was seen.</param>
    /// <param name="reason">In words.</param>
    public void AssumeComplete(long taskId, DateTimeOffset at, string reason)
    {
        ref Entry entry = ref _entries[taskId];
        if (entry.State.IsFinal() && entry.Source is EvidenceSource.None or EvidenceSource.Event) return;
        Move(ref entry, TaskState.Complete);
        (entry.Source, entry.SourceSeconds, entry.Reason) = (EvidenceSource.Event, at.ToUnixTimeSeconds(), reason);
        (entry.EndMilliseconds, entry.ElapsedMilliseconds, entry.ExitCode, entry.Signal, entry.PeakMemory) = (1, -1, 0, 0, 0);
    }

    /// <summary>True if the dispatcher of a task has said once that it did not start it any more.</summary>
    /// <param name="taskId">The 0-based id.</param>
    public bool IsNotStarted(long taskId) => _entries[taskId].IsNotStarted;

    // "5-9: the reason". Of a resumption's list only some of them are meant.
    private void ApplyNotStarted(string text)
    {
        string[] words = text.Split(':', 2)[0].Split('-');
        if (words.Length != 2 || !long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first) || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long last)) return;
        for (long id = first; id <= last && id < TaskCount; id++) _entries[id].IsNotStarted = true;
    }
}
