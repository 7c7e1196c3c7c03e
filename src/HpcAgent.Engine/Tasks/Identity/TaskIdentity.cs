namespace HpcAgent.Engine.Tasks;

/// <summary>What one pass over a task set finds: how many tasks, their identity, and what later steps must know.</summary>
/// <param name="Count">The number of tasks, at least 1.</param>
/// <param name="CmdSha">The original's <c>cmd_sha</c> (reference 5.1): 64 hex digits over all parameters but <c>trial_token</c>.</param>
public sealed record TaskIdentity(long Count, string CmdSha)
{
    /// <summary>The parameter that identity leaves out, so that stochastic repeats may differ in it.</summary>
    public const string TrialToken = "trial_token";

    /// <summary>The most bytes that all values of one task may have in the environment.</summary>
    public const int MaxEnvironmentBytes = 512 * 1024;

    /// <summary>All parameter names in the order of their first appearance.</summary>
    public IReadOnlyList<string> ParameterNames { get; init; } = [];

    /// <summary>For each parameter with a value over <see cref="CommandTemplate.LargeValueBytes"/>, the first such value.</summary>
    public IReadOnlyDictionary<string, LargeValue> LargeValues { get; init; } = new Dictionary<string, LargeValue>(StringComparer.Ordinal);

    /// <summary>For each parameter that some task lacks, the first such task.</summary>
    public IReadOnlyDictionary<string, long> AbsentFrom { get; init; } = new Dictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Reads a task set once, checks names and values, refuses duplicates, and computes the identity.</summary>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: no tasks; a name or value that cannot be passed on; two equal tasks (looked for up to
    /// 10^7 tasks); one task's values above <see cref="MaxEnvironmentBytes"/>.
    /// </exception>
    public static TaskIdentity Compute(TaskSet tasks, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return tasks.Survey(cancellation);
    }

    /// <summary>The full identity of a run: SHA-256 in hex of a canonical JSON object.</summary>
    /// <param name="cmdSha">The identity of the tasks.</param>
    /// <param name="codeDigest">The digest of the code snapshot; null if none travels.</param>
    /// <param name="command">The user's command as given.</param>
    /// <param name="environment">The variables and settings that reach the tasks; values as <see cref="RunTask"/> lists them.</param>
    /// <param name="extra">Anything else that makes a run another run; null or empty adds nothing.</param>
    public static string RunSha(
        string cmdSha,
        string? codeDigest,
        string command,
        IReadOnlyDictionary<string, object?> environment,
        IReadOnlyDictionary<string, object?>? extra = null)
    {
        var identity = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["cmd_sha"] = cmdSha,
            ["code"] = codeDigest,
            ["command"] = command,
            ["environment"] = ParameterValue.Normalize(environment),
            ["version"] = 1L,
        };
        if (extra is { Count: > 0 }) identity["extra"] = ParameterValue.Normalize(extra);
        return Digest.Of(CanonicalJson.ToBytes(identity));
    }

    internal static HpcException NoTasks() =>
        TaskError.Invalid("The task set is empty.", "Give at least one task.");

    internal static HpcException Duplicate(long first, long second) => TaskError.Invalid(
        FormattableString.Invariant($"Tasks {first} and {second} have the same parameters."),
        $"Remove one, or give repeats a '{TrialToken}' or seed that differs.");

    internal static HpcException TooMuch(long taskId, long bytes) => TaskError.Invalid(
        FormattableString.Invariant($"Task {taskId}: its parameters take {bytes} bytes, more than the {MaxEnvironmentBytes} that fit into the environment of a process."),
        "Pass the larger ones in a file.");
}
