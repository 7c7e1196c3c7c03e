using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Failures;

/// <summary>A run that was looked at, with a verdict on each of its failed tasks.</summary>
/// <param name="Record">The run.</param>
/// <param name="View">What was seen of it.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Diagnosis">Why its tasks failed.</param>
internal sealed record DiagnosedRun(RunRecord Record, RunView View, RunStatus Status, FailureDiagnosis Diagnosis)
{
    private const int MostLooks = 6;

    /// <summary>Looks at a run, and again while logs of failed tasks have not all come.</summary>
    /// <param name="context">Where and for whom.</param>
    /// <param name="runId">The run.</param>
    /// <param name="taskIds">Tasks that the caller names, to be checked; null for none.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <param name="wantsUsage">True to ask the accounting too for what tasks used.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: the run has no such task.</exception>
    public static async Task<DiagnosedRun> LookAsync(
        OperationContext context, string runId, IReadOnlyList<long>? taskIds, CancellationToken cancellationToken, bool wantsUsage = false)
    {
        // Rules that cannot be used are said before the cluster is asked.
        FailureRuleSet rules = FailureRuleSet.Load(context.ExperimentPath);
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, runId, cancellationToken, wantsUsage: wantsUsage);
        KnownTasks.Require(record.Run, taskIds);
        return await CompleteAsync(context, record, view, status, rules, cancellationToken);
    }

    /// <summary>Goes on from a look, until the logs of failed tasks have all come.</summary>
    /// <param name="context">Where and for whom.</param>
    /// <param name="record">The run.</param>
    /// <param name="view">What was seen of it.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="rules">The rules by which failures are told apart.</param>
    /// <param name="cancellationToken">Ends the looks.</param>
    public static async Task<DiagnosedRun> CompleteAsync(
        OperationContext context, RunRecord record, RunView view, RunStatus status, FailureRuleSet rules, CancellationToken cancellationToken)
    {
        IReadOnlyList<RunTaskStatus> failed = FailureDiagnosis.FailedTasks(view, status.ObservedAt);
        Wire wire = status.Wire;
        // One look brings the logs of so many; of what only the accounting tells, they come with the second.
        for (int unread = Unread(view, failed), before = int.MaxValue, look = 1; unread > 0 && unread < before && look < MostLooks; look++)
        {
            status = await RunLookup.LookAgainAsync(context, record, view, cancellationToken);
            wire = wire.Plus(status.Wire);
            failed = FailureDiagnosis.FailedTasks(view, status.ObservedAt);
            (before, unread) = (unread, Unread(view, failed));
        }
        return new DiagnosedRun(record, view, status with { Wire = wire }, FailureDiagnosis.Of(failed, view.Tails.Find, rules));
    }

    /// <summary>Its failures, grouped by cause.</summary>
    public IReadOnlyList<FailureGroup> Groups() => new FailureReport(View, Diagnosis).Groups();

    private static int Unread(RunView view, IReadOnlyList<RunTaskStatus> failed) => failed.Count(view.Tails.IsDue);
}
