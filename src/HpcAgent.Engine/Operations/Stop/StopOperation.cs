using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Stop;

/// <summary>Stops a run. Not in the catalogue: only a person stops anything (design, promise 10).</summary>
public static class StopOperation
{
    /// <summary>Writes down that a stop was asked for, and asks the cluster. Nothing more starts; what runs is given its grace.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="context">Where and for whom.</param>
    /// <param name="cancellationToken">Ends the work before the cluster is asked, not after.</param>
    /// <returns>The run, and false if it had ended before.</returns>
    /// <exception cref="HpcException">There is no such run, or the cluster cannot be asked.</exception>
    public static async Task<(Run Run, bool WasLive)> ExecuteAsync(string runId, OperationContext context, CancellationToken cancellationToken)
    {
        RunRecord record = await RunLookup.FindAsync(context, runId, cancellationToken);
        if (!record.Journal.IsLive) return (record.Run, false);
        await RunLookup.Store(context).Journal(record.Run.RunId).AppendAsync(new StopRequestedEvent(), cancellationToken);
        await context.Cluster(record.Run.Cluster).StopAsync(record.Run, CancellationToken.None);
        return (record.Run, true);
    }
}
