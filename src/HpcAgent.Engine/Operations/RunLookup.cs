using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations;

/// <summary>Finds the run that a request names.</summary>
internal static class RunLookup
{
    public static RunStore Store(OperationContext context) => new(context.State, context.ExperimentPath, context.Clock);

    public static async Task<RunRecord> FindAsync(OperationContext context, string runId, CancellationToken cancellationToken)
    {
        RunStore store = Store(context);
        if (await store.FindAsync(RunId.Require(runId), cancellationToken) is { } found) return found;
        RunListing all = await store.ListAsync(cancellationToken: cancellationToken);
        string known = all.Runs.Count == 0
            ? "This experiment has no runs; give the right experiment_dir."
            : $"Newest runs: {string.Join(", ", all.Runs.Take(5).Select(r => r.Run.RunId))}.";
        throw new HpcException(ErrorCode.SpecInvalid, $"there is no run '{runId}' in {context.ExperimentPath}", known);
    }

    /// <summary>A look at a run; what it shows is noted in the journal.</summary>
    public static async Task<(RunRecord Record, RunView View, RunStatus Status)> LookAsync(
        OperationContext context, string runId, CancellationToken cancellationToken, ResultSelection? results = null, bool wantsUsage = false, bool explain = false,
        CombinePlace combine = CombinePlace.Auto)
    {
        RunRecord record = await FindAsync(context, runId, cancellationToken);
        RunView view = context.Cluster(record.Run.Cluster).View(record);
        (view.WantsUsage, view.WantsReasons, view.Combine) = (wantsUsage, explain, combine);
        RunStatus status = await LookAgainAsync(context, record, view, cancellationToken, results);
        return (record, view, status);
    }

    public static async Task<RunStatus> LookAgainAsync(
        OperationContext context, RunRecord record, RunView view, CancellationToken cancellationToken, ResultSelection? results = null)
    {
        ICluster cluster = context.Cluster(record.Run.Cluster);
        RunJournal journal = Store(context).Journal(record.Run.RunId);
        IReadOnlyList<RunStatus> look = await RunObserver.ObserveAsync(cluster, [(view, journal)], results, context.Clock, cancellationToken);
        return WithWarnings(record, look[0]);
    }

    /// <summary>Adds what is odd about the record of a run to its status.</summary>
    public static RunStatus WithWarnings(RunRecord record, RunStatus status) =>
        record.Warnings.Count == 0 ? status : status with { Warnings = [.. record.Warnings, .. status.Warnings] };
}
