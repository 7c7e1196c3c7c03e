namespace HpcAgent.Engine.Tasks;

/// <summary>The first value of a parameter that is too large for the environment.</summary>
/// <param name="TaskId">The 0-based id of the first task that has such a value.</param>
/// <param name="Bytes">Its length as text in bytes of UTF-8.</param>
public sealed record LargeValue(long TaskId, long Bytes);
