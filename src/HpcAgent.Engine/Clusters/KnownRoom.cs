using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Clusters;

/// <summary>What a cluster has told of its room.</summary>
/// <param name="Room">The room, or null if the cluster did not say.</param>
/// <param name="Age">How long ago.</param>
public sealed record KnownRoom(SiteRoom? Room, TimeSpan Age);
