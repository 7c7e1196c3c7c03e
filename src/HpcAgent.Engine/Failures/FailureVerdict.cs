namespace HpcAgent.Engine.Failures;

/// <summary>Why one task failed.</summary>
/// <param name="TaskId">The 0-based task.</param>
/// <param name="Rule">The rule that says so.</param>
/// <param name="Line">The line of the log, or of what the scheduler or the dispatcher said, that says it; else the rule's own words.</param>
/// <param name="Location">The place in the code that the log names, such as <c>train.py:17</c>, or null.</param>
/// <param name="Code">The exit code or signal, where the rule itself does not tell; else empty.</param>
public sealed record FailureVerdict(long TaskId, FailureRule Rule, string Line, string? Location, string Code)
{
    /// <summary>The kind of cause.</summary>
    public FailureCategory Category => Rule.Category;
}
