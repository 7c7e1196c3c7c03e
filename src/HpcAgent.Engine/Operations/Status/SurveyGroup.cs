using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Operations.Status;

/// <summary>Runs of one cluster, which are looked at in one execution.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Members">The runs.</param>
internal sealed record SurveyGroup(ICluster Cluster, TimeProvider Clock, IReadOnlyList<SurveyMember> Members)
{
    /// <summary>Looks at some of the runs.</summary>
    /// <param name="members">Which.</param>
    /// <param name="paidQueries">How many questions were taken out of the cluster's budget for it.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <returns>One answer a run, in the same order.</returns>
    public async Task<IReadOnlyList<SurveyedRun>> LookAsync(IReadOnlyList<SurveyMember> members, int paidQueries, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<RunStatus> look = await RunObserver.ObserveAsync(
                Cluster, [.. members.Select(m => (m.View, m.Journal))], null, Clock, cancellationToken, paidQueries);
            return [.. members.Zip(look, (m, status) => new SurveyedRun(m.RunId, RunLookup.WithWarnings(m.Record, status), null))];
        }
        catch (HpcException e)
        {
            return [.. members.Select(m => new SurveyedRun(m.RunId, null, e))];
        }
    }
}
