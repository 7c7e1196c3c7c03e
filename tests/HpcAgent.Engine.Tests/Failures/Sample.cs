using HpcAgent.Engine.Failures;

namespace HpcAgent.Engine.Tests.Failures;

/// <summary>Failed tasks and ends of logs for tests.</summary>
internal static class Sample
{
    public static RunTaskStatus Task(long id = 0, TaskState state = TaskState.Failed, int? exit = 1, int? signal = null, string? reason = null, string? node = "n1") => new()
    {
        RunId = "run",
        TaskId = id,
        State = state,
        Attempt = 1,
        ExitCode = exit,
        Signal = signal,
        Reason = reason,
        Node = node,
    };

    public static TaskTail Tail(string text, long id = 0) => new(id, 1, TaskTailState.Read, text, "log");

    public static FailureVerdict Judge(string text, RunTaskStatus? task = null, FailureRuleSet? rules = null) =>
        new FailureClassifier(rules ?? FailureRuleSet.BuiltIn).Classify(task ?? Task(), Tail(text));

    public static FailureRuleSet Rules(string yaml) => FailureRuleSet.BuiltIn.With(FailureRuleReader.Read(new StringReader(yaml), "rules.yaml", isUser: true));
}
