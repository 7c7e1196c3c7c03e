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
    /// <summary>How many lines of each log are read.</summary>
    public const int UsualLines = 50;

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
        IReadOnlyList<TaskLog> logs = failed.Count == 0 ? [] : await context.Cluster(record.Run.Cluster).ReadLogsAsync(record.Run, failed, UsualLines, cancellationToken);
        Dictionary<long, TaskLog> known = logs.ToDictionary(l => l.TaskId);
        return new DiagnosedRun(record, view, status, FailureDiagnosis.Of(failed, TailOf, rules));

        TaskTail TailOf(RunTaskStatus task) => known.TryGetValue(task.TaskId, out TaskLog? log)
            ? new TaskTail(task.TaskId, task.Attempt, log.IsMissing ? TaskTailState.Missing : TaskTailState.Read, log.Content, log.Path)
            : new TaskTail(task.TaskId, task.Attempt, TaskTailState.Unread, "", "");
    }

    /// <summary>Its failures, grouped by cause.</summary>
    public IReadOnlyList<FailureGroup> Groups() => new FailureReport(View, Diagnosis).Groups();
}
