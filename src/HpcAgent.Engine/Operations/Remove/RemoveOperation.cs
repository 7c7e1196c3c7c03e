using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Remove;

/// <summary>Removes the files of an ended run. Not in the catalogue: only a person removes anything (design, promise 10).</summary>
public static class RemoveOperation
{
    /// <summary>Looks at what would be removed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <exception cref="HpcException">There is no such run, it has not ended, or the cluster cannot be asked.</exception>
    public static async Task<(Run Run, RunFootprint Footprint)> MeasureAsync(string runId, OperationContext context, CancellationToken cancellationToken)
    {
        RunRecord record = await FindEndedAsync(runId, context, cancellationToken);
        return (record.Run, await context.Cluster(record.Run.Cluster).MeasureAsync(record.Run, record.Sidecar?.CodeDigest, cancellationToken));
    }

    /// <summary>Removes the run's folder, and its code if no other run uses it. The record of what was done stays.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the work; doing it again finishes it.</param>
    /// <exception cref="HpcException">There is no such run, it has not ended, or the cluster cannot be asked.</exception>
    public static async Task<Run> ExecuteAsync(string runId, OperationContext context, CancellationToken cancellationToken)
    {
        RunRecord record = await FindEndedAsync(runId, context, cancellationToken);
        await context.Cluster(record.Run.Cluster).RemoveAsync(record.Run, record.Sidecar?.CodeDigest, cancellationToken);
        await RunLookup.Store(context).Journal(record.Run.RunId).AppendAsync(new RemovedEvent(), CancellationToken.None);
        return record.Run;
    }

    private static async Task<RunRecord> FindEndedAsync(string runId, OperationContext context, CancellationToken cancellationToken)
    {
        (RunRecord record, RunView _, RunStatus status) = await RunLookup.LookAsync(context, runId, cancellationToken);
        if (record.Journal.RemovedAt is not null)
            throw new HpcException(ErrorCode.PreconditionFailed, $"the run {runId} was removed before", "There is nothing left to do.");
        return status.State != LifecycleState.InFlight ? record : throw new HpcException(
            ErrorCode.PreconditionFailed,
            $"the run {runId} has not ended: {status.Counts.TotalCount - status.Counts.CompleteCount} of {status.Counts.TotalCount} tasks are not complete",
            "Wait for its end, or stop it first with Stop-HpcRun.");
    }
}
