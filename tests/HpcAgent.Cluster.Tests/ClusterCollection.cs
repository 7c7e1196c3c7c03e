namespace HpcAgent.Cluster.Tests;

/// <summary>Tests that use the schedulers run one after another.</summary>
[CollectionDefinition("cluster", DisableParallelization = true)]
public sealed class ClusterCollection : ICollectionFixture<ClusterLock>;
