namespace HpcAgent.Engine.Monitoring;

/// <summary>What the accounting says that one attempt of a task used.</summary>
/// <param name="PeakMemoryBytes">Its largest memory, or null.</param>
/// <param name="CpuTime">Its processor time, or null.</param>
/// <param name="QueueWait">How long its element waited, or null.</param>
/// <param name="Node">Where it ran, or null.</param>
public readonly record struct TaskUsage(long? PeakMemoryBytes, TimeSpan? CpuTime, TimeSpan? QueueWait, string? Node);
