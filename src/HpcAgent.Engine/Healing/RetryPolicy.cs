namespace HpcAgent.Engine.Healing;

/// <summary>
/// Which failed tasks run again, with what, and how often. Where nothing else is said: what is not the task's fault always, what more memory or time
/// cures a few times, what may be the node's fault twice, and errors of code and input never. A GPU that is too small is left too: more memory of the
/// host does not help, and which larger ones a site has nobody but its users know.
/// </summary>
public sealed record RetryPolicy
{
    private static readonly Dictionary<FailureCategory, RetryRule> s_usual = new()
    {
        [FailureCategory.Preempted] = new(null),
        [FailureCategory.Cancelled] = new(null),
        [FailureCategory.Lost] = new(3),
        [FailureCategory.Walltime] = new(3, WalltimeFactor: 2),
        [FailureCategory.SystemOutOfMemory] = new(4, MemoryFactor: 2),
        [FailureCategory.NodeFailure] = new(2),
        [FailureCategory.NodeEnvironment] = new(2),
        [FailureCategory.Killed] = new(1),
        [FailureCategory.Network] = new(2),
        [FailureCategory.Licence] = new(2),
        [FailureCategory.GpuError] = new(1),
    };

    /// <summary>So often at most a task is sent again, whatever the causes, where nothing else is said; preemption does not count.</summary>
    public const int MostRetries = 6;

    /// <summary>So many retries for each task of the run at most, over all tasks together, where nothing else is said.</summary>
    public const int MostRetriesPerTask = 3;

    /// <summary>How often tasks run again that failed only on certain nodes, which are left out then.</summary>
    public const int NodeRetries = 2;

    /// <summary>So many resumptions of a run at most that nobody asked for, even where no retry was used up.</summary>
    public const int MostRounds = 50;

    /// <summary>Above this probability a concentration of failures on a node counts as chance.</summary>
    public const double Significance = 1e-3;

    /// <summary>Nothing is sent again.</summary>
    public static RetryPolicy Off { get; } = new() { IsOff = true };

    /// <summary>True if nothing is sent again, whatever the rules say.</summary>
    public bool IsOff { get; private init; }

    /// <summary>So often at most a task is sent again, whatever the causes; preemption does not count.</summary>
    public int MaxRetries { get; init; } = MostRetries;

    /// <summary>So many retries at most of all tasks of the run together; null for <see cref="MostRetriesPerTask"/> for each task.</summary>
    public long? MaxRunRetries { get; init; }

    /// <summary>What differs from the usual.</summary>
    internal IReadOnlyDictionary<FailureCategory, RetryRule> Rules { get; init; } = new Dictionary<FailureCategory, RetryRule>();

    /// <summary>The rule for a kind of failure.</summary>
    /// <param name="category">The kind.</param>
    public RetryRule this[FailureCategory category] =>
        Rules.TryGetValue(category, out RetryRule? rule) || s_usual.TryGetValue(category, out rule) ? rule : RetryRule.Never;

    /// <summary>The policy where nobody has looked: tasks that a person cancelled stay cancelled, unless the policy names them.</summary>
    public RetryPolicy Unattended() => Rules.ContainsKey(FailureCategory.Cancelled)
        ? this
        : this with { Rules = new Dictionary<FailureCategory, RetryRule>(Rules) { [FailureCategory.Cancelled] = RetryRule.Never } };

    /// <summary>How many retries all tasks of a run have together.</summary>
    /// <param name="taskCount">How many tasks it has.</param>
    public long RetriesOfRun(long taskCount) => MaxRunRetries ?? (taskCount * MostRetriesPerTask);

    /// <summary>Why a failure is left for which there is no rule.</summary>
    /// <param name="failure">The failure.</param>
    internal static string WhyLeft(FailureGroup failure) => failure.Category switch
    {
        FailureCategory.GpuOutOfMemory => $"more memory of the host does not help a GPU: name larger ones (constraint, gpu_type, or more gpus), or {Lower(failure.Remedy)}",
        FailureCategory.Cancelled => "somebody cancelled them",
        _ => $"errors of code or input do not go away by themselves: {failure.Remedy}",
    };

    private static string Lower(string text) => text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
