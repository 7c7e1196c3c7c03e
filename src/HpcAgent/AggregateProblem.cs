namespace HpcAgent;

/// <summary>A result that was not used, or not wholly.</summary>
/// <param name="TaskId">The task; -1 where it is not known.</param>
/// <param name="Path">The file.</param>
/// <param name="Message">What is wrong with it, with its place in the file, whose path stands in it.</param>
public sealed record AggregateProblem(long TaskId, string Path, string Message)
{
    /// <summary>The message, with the task before it if it does not name it.</summary>
    public override string ToString() => TaskId < 0 || Message.Contains($" task {TaskId}", StringComparison.Ordinal) ? Message : $"task {TaskId}: {Message}";
}
