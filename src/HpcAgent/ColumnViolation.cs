namespace HpcAgent;

/// <summary>Something that is wrong with a table of the results.</summary>
/// <param name="Path">The file.</param>
/// <param name="Row">The row, from 1 for the first below the names of the columns; null where it is the file as a whole.</param>
/// <param name="Message">What is wrong.</param>
public sealed record ColumnViolation(string Path, long? Row, string Message);
