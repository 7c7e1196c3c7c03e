namespace HpcAgent.Engine.Clusters;

/// <summary>One cluster of <c>clusters.yaml</c> as it was found.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Origin">The file and line.</param>
/// <param name="Config">Its configuration, or null if that cannot be used.</param>
/// <param name="Problem">Why not.</param>
public sealed record SiteEntry(string Name, string Origin, SiteConfig? Config, HpcException? Problem);
