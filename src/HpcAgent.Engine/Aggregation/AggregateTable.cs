namespace HpcAgent.Engine.Aggregation;

/// <summary>An aggregate as a table: one row for each group.</summary>
/// <param name="Columns">The names of the columns, all different, also without regard to case.</param>
/// <param name="Rows">The rows, each with one value for each column: a parameter's value, a double, a long, or null.</param>
public sealed record AggregateTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows);
