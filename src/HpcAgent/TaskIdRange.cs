namespace HpcAgent;

/// <summary>Consecutive 0-based task ids.</summary>
/// <param name="First">The first id.</param>
/// <param name="Count">How many.</param>
public readonly record struct TaskIdRange(long First, long Count);
