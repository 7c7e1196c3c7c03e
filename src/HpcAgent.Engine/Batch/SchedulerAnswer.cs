using System.Text;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>What the scheduler said at a look, for all runs together.</summary>
/// <param name="Queue">The user's jobs; null if it was not asked or did not answer.</param>
/// <param name="Accounting">The records of arrays that the queue does not know any more; null if it was not asked or did not answer.</param>
/// <param name="QueryCount">How many questions were put.</param>
/// <param name="WasAsked">True if the queue was asked.</param>
/// <param name="WasAccountingAsked">True if the accounting was asked.</param>
/// <param name="Warnings">Why a source did not answer.</param>
/// <param name="Explain">Why a row of the queue waits, and what else is known of its job.</param>
internal sealed record SchedulerAnswer(
    IReadOnlyList<QueueEntry>? Queue, IReadOnlyList<AccountingEntry>? Accounting, int QueryCount, bool WasAsked, bool WasAccountingAsked, IReadOnlyList<string> Warnings,
    Func<QueueEntry, (PendingCause Cause, PendingDetail? Detail)> Explain)
{
    /// <summary>Reads it from the answer of a host.</summary>
    /// <param name="scheduler">The dialect.</param>
    /// <param name="answer">The answer.</param>
    public static SchedulerAnswer Read(IScheduler scheduler, HostAnswer answer)
    {
        List<string> warnings = [];
        ReadOnlyMemory<byte>? queue = answer.Find("queue");
        ReadOnlyMemory<byte>? accounting = answer.Find("accounting");
        bool wasExplained = answer.Find("pending") is not null;
        IReadOnlyDictionary<string, PendingDetail> pending = scheduler.ParsePending(wasExplained ? answer.Text("pending") : "");
        return new(
            queue is { } jobs ? Try(() => scheduler.ParseQueue(Encoding.UTF8.GetString(jobs.Span)), warnings) : null,
            accounting is { } records ? Try(() => scheduler.ParseAccounting(records), warnings) : null,
            (queue is null ? 0 : 1) + (accounting is null ? 0 : 1) + (wasExplained ? 1 : 0),
            queue is not null,
            accounting is not null,
            warnings,
            Explain);

        (PendingCause, PendingDetail?) Explain(QueueEntry entry)
        {
            PendingDetail? detail = pending.GetValueOrDefault(entry.JobId);
            return (scheduler.ExplainPending(entry, detail), detail);
        }
    }

    // A source that does not answer lowers certainty and changes no state.
    private static IReadOnlyList<T>? Try<T>(Func<IReadOnlyList<T>> parse, List<string> warnings)
    {
        try
        {
            return parse();
        }
        catch (HpcException e)
        {
            warnings.Add(e.Message);
            return null;
        }
    }
}
