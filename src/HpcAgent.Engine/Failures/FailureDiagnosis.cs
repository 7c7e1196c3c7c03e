using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Failures;

/// <summary>Why the tasks of a run failed: a verdict for each, from its state, its end and the end of its log.</summary>
public sealed class FailureDiagnosis
{
    private FailureDiagnosis(IReadOnlyList<FailureVerdict> verdicts, IReadOnlyDictionary<long, TaskTail> tails, IReadOnlyDictionary<long, RunTaskStatus> tasks) =>
        (Verdicts, Tails, Tasks) = (verdicts, tails, tasks);

    /// <summary>The verdicts on all tasks that ended without success, by ascending task.</summary>
    public IReadOnlyList<FailureVerdict> Verdicts { get; }

    /// <summary>The ends of logs that they rest on.</summary>
    public IReadOnlyDictionary<long, TaskTail> Tails { get; }

    /// <summary>What is known of those tasks.</summary>
    public IReadOnlyDictionary<long, RunTaskStatus> Tasks { get; }

    /// <summary>The tasks of a run that ended without success, as far as was seen.</summary>
    /// <param name="view">The run.</param>
    /// <param name="now">The time of the look.</param>
    public static IReadOnlyList<RunTaskStatus> FailedTasks(RunView view, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(view);
        return [.. view.Ledger.TasksIn(TaskStates.IsUnsuccessful).Select(id => view.Ledger.ToStatus(view.Run.RunId, id, now))];
    }

    /// <summary>Judges failed tasks.</summary>
    /// <param name="tasks">The tasks, each of which ended without success.</param>
    /// <param name="tailOf">Gives the end of the log of a task.</param>
    /// <param name="rules">The rules.</param>
    public static FailureDiagnosis Of(IEnumerable<RunTaskStatus> tasks, Func<RunTaskStatus, TaskTail> tailOf, FailureRuleSet rules)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(tailOf);
        FailureClassifier classifier = new(rules);
        SortedDictionary<long, FailureVerdict> verdicts = [];
        Dictionary<long, TaskTail> tails = [];
        Dictionary<long, RunTaskStatus> known = [];
        foreach (RunTaskStatus task in tasks)
        {
            TaskTail tail = tailOf(task);
            (tails[task.TaskId], known[task.TaskId]) = (tail, task);
            verdicts[task.TaskId] = classifier.Classify(task, tail);
        }
        return new FailureDiagnosis([.. verdicts.Values], tails, known);
    }

    /// <summary>The categories of all failed tasks.</summary>
    public IReadOnlyDictionary<long, FailureCategory> Categories() => Verdicts.ToDictionary(v => v.TaskId, v => v.Category);
}
