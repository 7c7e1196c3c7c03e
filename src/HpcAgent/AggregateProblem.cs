namespace HpcAgent;

/// <summary>A result that was not used, or not wholly.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Path">The file.</param>
/// <param name="Message">What is wrong with it, with its place in the file.</param>
public sealed record AggregateProblem(long TaskId, string Path, string Message);
