namespace HpcAgent.Engine.Clusters;

/// <summary>The end of a task's log.</summary>
/// <param name="TaskId">The 0-based task.</param>
/// <param name="Path">The file.</param>
/// <param name="Content">The last lines; empty if there are none.</param>
/// <param name="IsMissing">True if there is no log.</param>
/// <param name="ExitCode">The exit code of the attempt, if it ended by itself.</param>
public sealed record TaskLog(long TaskId, string Path, string Content, bool IsMissing, int? ExitCode)
{
    /// <summary>The length of the whole log in bytes, of which <see cref="Content"/> is the end.</summary>
    public long EndOffset { get; init; }
}
