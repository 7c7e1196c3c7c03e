namespace HpcAgent.Engine.Failures;

/// <summary>One cause of failures and how it is known; <c>templates/rules/failures.yaml</c> says what its parts mean.</summary>
public sealed record FailureRule
{
    /// <summary>From here on a rule on text counts wherever its line stands.</summary>
    internal const int Decisive = 90;

    /// <summary>From here on the line nearest to the end of the log counts.</summary>
    internal const int Specific = 50;

    /// <summary>Below this a line is that of a program which tells of another one's end.</summary>
    internal const int Hearsay = 10;

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What kind of cause it is.</summary>
    public required FailureCategory Category { get; init; }

    /// <summary>Which of several that hold counts: the highest.</summary>
    public required int Priority { get; init; }

    /// <summary>What to do.</summary>
    public required string Remedy { get; init; }

    /// <summary>The cause in words, where no line of the log says it.</summary>
    public string? Cause { get; init; }

    /// <summary>Where it stands, as <c>file:line</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>On lines of the log and the reason; any of them.</summary>
    internal IReadOnlyList<FailurePattern> Patterns { get; init; } = [];

    /// <summary>On the reason only; any of them.</summary>
    internal IReadOnlyList<FailurePattern> Reasons { get; init; } = [];

    internal IReadOnlyList<TaskState> States { get; init; } = [];

    internal IReadOnlyList<int> ExitCodes { get; init; } = [];

    internal IReadOnlyList<int> Signals { get; init; } = [];

    internal bool NeedsMissingLog { get; init; }

    /// <summary>True if all that the rule asks of the evidence holds; patterns are another matter.</summary>
    internal bool Admits(RunTaskStatus task, bool isLogMissing)
    {
        if (States.Count > 0 && !States.Contains(task.State)) return false;
        if (ExitCodes.Count > 0 && !(task.ExitCode is { } exit && ExitCodes.Contains(exit))) return false;
        if (NeedsMissingLog && !isLogMissing) return false;
        return Signals.Count == 0 || (SignalOf(task) is { } signal && Signals.Contains(signal));
    }

    /// <summary>True if one of the patterns is in a line.</summary>
    internal bool IsIn(ReadOnlySpan<char> line) => Any(Patterns, line);

    /// <summary>True if the rule asks nothing of the reason, or it is as the rule says.</summary>
    internal bool AdmitsReason(string? reason) => Reasons.Count == 0 || (reason is not null && Any(Reasons, reason));

    /// <summary>The signal that ended a task, or that a shell told of by its exit code.</summary>
    internal static int? SignalOf(RunTaskStatus task) => task.Signal ?? (task.ExitCode is > 128 and < 160 and var code ? code - 128 : null);

    private static bool Any(IReadOnlyList<FailurePattern> patterns, ReadOnlySpan<char> text)
    {
        foreach (FailurePattern pattern in patterns)
            if (pattern.IsIn(text)) return true;
        return false;
    }
}
