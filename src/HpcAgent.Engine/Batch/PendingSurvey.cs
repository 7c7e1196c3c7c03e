using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>Why the tasks of a run wait: rows of the queue with the same cause taken together, and turned into tasks.</summary>
internal static class PendingSurvey
{
    /// <summary>Takes them together.</summary>
    /// <param name="view">The run, whose evidence was taken in.</param>
    /// <param name="arrays">Its arrays.</param>
    /// <param name="said">What the scheduler said.</param>
    /// <returns>What never ends by itself first, then what most wait for.</returns>
    public static IReadOnlyList<PendingReason> Of(RunView view, IReadOnlyList<SchedulerArray> arrays, SchedulerAnswer said)
    {
        Dictionary<string, ArrayTasks> known = new(StringComparer.Ordinal);
        foreach (SchedulerArray array in arrays) known[array.JobId] = new ArrayTasks(array.Array);
        Dictionary<(string, string), PendingReason> found = [];
        foreach (QueueEntry entry in said.Queue ?? [])
        {
            if (entry.State is not (TaskState.Pending or TaskState.Held) || !known.TryGetValue(entry.JobId, out ArrayTasks? tasks)) continue;
            long count = Count(view, tasks, entry);
            if (count == 0) continue;
            (PendingCause cause, PendingDetail? detail) = said.Explain(entry);
            // The same cause of two jobs names each by its number.
            (string, string) key = (cause.Explanation.Replace(entry.JobId, "", StringComparison.Ordinal), cause.Remedy.Replace(entry.JobId, "", StringComparison.Ordinal));
            found[key] = found.TryGetValue(key, out PendingReason? before)
                ? before with { TaskCount = before.TaskCount + count, EstimatedStart = Earlier(before.EstimatedStart, detail?.EstimatedStart), JobIds = [.. before.JobIds.Append(entry.JobId).Distinct(StringComparer.Ordinal)] }
                : new PendingReason
                {
                    TaskCount = count,
                    RawReason = cause.RawReason,
                    Explanation = cause.Explanation,
                    Remedy = cause.Remedy,
                    IsStuck = cause.IsStuck,
                    EstimatedStart = cause.IsStuck ? null : detail?.EstimatedStart,
                    JobIds = [entry.JobId],
                };
        }
        return found.Values.OrderByDescending(r => r.IsStuck).ThenByDescending(r => r.TaskCount).ToArray();
    }

    private static long Count(RunView view, ArrayTasks tasks, QueueEntry entry)
    {
        (long first, long last) = entry.FirstElement == 0 ? (1, tasks.Array.ElementCount) : (entry.FirstElement, Math.Min(entry.LastElement, tasks.Array.ElementCount));
        long count = 0;
        for (long element = first; element <= last; element += Math.Max(1, entry.Step))
        {
            (long at, long end) = tasks.Of(element);
            for (; at < end; at++)
                if (view.Ledger[tasks[at]] is TaskState.Pending or TaskState.Held) count++;
        }
        return count;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;
}
