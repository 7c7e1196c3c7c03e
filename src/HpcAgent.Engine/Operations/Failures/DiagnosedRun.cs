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

    /// <summary>Looks at a run.</summary>
    /// <param name="context">Where and for whom.</param>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<DiagnosedRun> LookAsync(OperationContext context, string runId, CancellationToken cancellationToken)
    {
        // Rules that cannot be used are said before the cluster is asked.
        FailureRuleSet rules = FailureRuleSet.Load(context.ExperimentPath);
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(context, runId, cancellationToken);
        IReadOnlyList<RunTaskStatus> failed = FailureDiagnosis.FailedTasks(view, status.ObservedAt);
        Wire wire = status.Wire;
        // One look brings the logs of so many; of what only the accounting tells, they come with the second.
        int before = int.MaxValue;
        for (int look = 1; look < MostLooks && failed.Count(view.Tails.IsDue) is > 0 and var due && due < before; look++)
        {
            before = due;
            status = await RunLookup.LookAgainAsync(context, record, view, cancellationToken);
            wire = wire.Plus(status.Wire);
            failed = FailureDiagnosis.FailedTasks(view, status.ObservedAt);
        }
        return new DiagnosedRun(record, view, status with { Wire = wire }, FailureDiagnosis.Of(failed, view.Tails.Find, rules));
    }

    /// <summary>Its failures, grouped by cause.</summary>
    public IReadOnlyList<FailureGroup> Groups() => new FailureReport(View, Diagnosis).Groups();
}
