namespace HpcAgent.Engine.Clusters;

/// <summary>What a run takes up on its cluster.</summary>
/// <param name="RunFolder">The folder of the run.</param>
/// <param name="FileCount">Files in it.</param>
/// <param name="ByteCount">Their bytes.</param>
/// <param name="SnapshotFolder">The folder of its code, or null if it has none.</param>
/// <param name="SharedWith">Other runs that use the same code, so that it stays.</param>
public sealed record RunFootprint(string RunFolder, long FileCount, long ByteCount, string? SnapshotFolder, IReadOnlyList<string> SharedWith);
