using System.Globalization;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>
/// Compares the records of runs with their clusters, one execution for each cluster. Every look writes what it found into the journal, so that a
/// status does the same in passing; this one says what was different, and takes a cluster that cannot be asked as an answer.
/// </summary>
public sealed class RunReconciler
{
    private readonly RunSurvey _survey;

    /// <summary>Creates it.</summary>
    /// <param name="contexts">The context of the experiment in a folder.</param>
    public RunReconciler(Func<string, OperationContext> contexts) => _survey = new RunSurvey(contexts);

    /// <summary>Compares.</summary>
    /// <param name="runs">Their ids, each with the absolute folder of its experiment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>For each run, in the same order, what was found, or the error of one that is not known or whose cluster is not.</returns>
    public async Task<IReadOnlyList<(RunReconciliation? Found, HpcException? Error)>> ReconcileAsync(
        IReadOnlyList<(string RunId, string ExperimentPath)> runs, CancellationToken cancellationToken)
    {
        (IReadOnlyList<SurveyGroup> groups, SurveyedRun?[] unknown) = await _survey.OpenAsync(runs, cancellationToken);
        (RunReconciliation?, HpcException?)[] answers = [.. unknown.Select(u => ((RunReconciliation?)null, u?.Error))];
        await Task.WhenAll(groups.Select(async group =>
        {
            IReadOnlyList<SurveyedRun> look = await group.LookAsync(group.Members, 0, cancellationToken);
            for (int i = 0; i < look.Count; i++) answers[group.Members[i].Index] = Compare(group.Members[i].Record, look[i]);
        }));
        return answers;
    }

    private static (RunReconciliation?, HpcException?) Compare(RunRecord record, SurveyedRun seen)
    {
        RunReconciliation unverified = new()
        {
            RunId = record.Run.RunId,
            Cluster = record.Run.Cluster,
            ExperimentPath = record.Run.ExperimentPath,
            State = LifecycleState.UnableToVerify,
            RecordedState = record.Run.State,
        };
        if (seen.Error is { } error)
        {
            return ErrorCatalogue.Entry(error.Code).Category is ErrorCategory.Network or ErrorCategory.Cluster
                ? (unverified with { Warnings = [error.Message] }, null)
                : (null, error);
        }
        RunStatus status = seen.Status!;
        return (unverified with { State = status.State, Differences = Differences(record, status).ToArray(), Status = status, Warnings = status.Warnings }, null);
    }

    private static IEnumerable<RunDifference> Differences(RunRecord record, RunStatus status)
    {
        if (status.State == LifecycleState.UnableToVerify) yield break;
        if (status.State != record.Run.State) yield return new("state", ResultJson.Name(record.Run.State), ResultJson.Name(status.State));
        TaskCounts recorded = record.Journal.Counts ?? new TaskCounts { PendingCount = record.Run.TaskCount };
        if (recorded != status.Counts) yield return new("tasks", recorded.ToString(), status.Counts.ToString());
        if (record.Journal.IsResumable)
        {
            (int taken, int wanted) = (record.Journal.Submissions[^1].Arrays.Count, record.Journal.Submissions[^1].Intent.Tokens.Count);
            yield return new(
                "submission",
                string.Create(CultureInfo.InvariantCulture, $"{taken} of {wanted} arrays taken"),
                "not finished: submit the same again, and only what is missing is sent");
        }
    }
}
