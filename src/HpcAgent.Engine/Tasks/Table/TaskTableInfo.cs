namespace HpcAgent.Engine.Tasks;

/// <summary>What was written.</summary>
/// <param name="Count">The number of tasks.</param>
/// <param name="Bytes">The size of <c>tasks.tab</c>.</param>
/// <param name="LargeFileCount">How many files lie in <c>large/</c>.</param>
public sealed record TaskTableInfo(long Count, long Bytes, long LargeFileCount);
