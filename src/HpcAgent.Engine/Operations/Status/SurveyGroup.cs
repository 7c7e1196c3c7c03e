using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

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

/// <summary>One run of a survey.</summary>
/// <param name="Index">Its place among those that were asked for.</param>
/// <param name="Record">What is recorded of it.</param>
/// <param name="View">What is known of it.</param>
/// <param name="Journal">Its journal.</param>
/// <param name="OnChange">The command that is told of changes where the watch names none, or null.</param>
internal sealed record SurveyMember(int Index, RunRecord Record, RunView View, RunJournal Journal, string? OnChange)
{
    /// <summary>Its name.</summary>
    public string RunId => Record.Run.RunId;
}
