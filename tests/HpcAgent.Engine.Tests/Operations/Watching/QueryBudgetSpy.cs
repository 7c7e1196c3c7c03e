namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>One site as several processes see it: clusters of their own, one budget in the state folder.</summary>
internal sealed class QueryBudgetSpy(WatchFixture fixture)
{
    public List<SimulatedCluster> Clusters { get; } = [];

    public DateTimeOffset[] Looks => [.. Clusters.SelectMany(c => c.Looks).Order()];

    public SimulatedCluster Cluster(TimeSpan takes)
    {
        SimulatedCluster cluster = new(fixture.Clock, fixture.Budget()) { Task = _ => (takes, false) };
        lock (Clusters) Clusters.Add(cluster);
        return cluster;
    }
}
