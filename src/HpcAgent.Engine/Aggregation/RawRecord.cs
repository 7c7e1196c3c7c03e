namespace HpcAgent.Engine.Aggregation;

/// <summary>The metrics of one task, as they are.</summary>
/// <param name="Task">The task, with its parameters.</param>
/// <param name="Values">The values in the order of the columns: a number, text, true or false, a list, or null where there is none.</param>
public sealed record RawRecord(RunTask Task, IReadOnlyList<object?> Values);
