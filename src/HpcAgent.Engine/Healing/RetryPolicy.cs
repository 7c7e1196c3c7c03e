using System.Text.Json;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Healing;

/// <summary>
/// Which failed tasks run again, with what, and how often. Where nothing else is said: what is not the task's fault always, what more memory or time
/// cures a few times, what may be the node's fault twice, and errors of code and input never.
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

    /// <summary>So often at most a task is sent again, whatever the causes; preemption does not count.</summary>
    public const int MostRetries = 6;

    /// <summary>So many retries for each task of the run at most, over all tasks together.</summary>
    public const int MostRetriesPerTask = 3;

    /// <summary>How often tasks run again that failed only on certain nodes, which are left out then.</summary>
    public const int NodeRetries = 2;

    /// <summary>Above this probability a concentration of failures on a node counts as chance.</summary>
    public const double Significance = 1e-3;

    private Dictionary<FailureCategory, RetryRule> Rules { get; init; } = s_usual;

    /// <summary>The rule for a kind of failure.</summary>
    /// <param name="category">The kind.</param>
    public RetryRule this[FailureCategory category] => Rules.TryGetValue(category, out RetryRule? rule) ? rule : RetryRule.Never;

    /// <summary>
    /// The policy with what a request says instead: an object with a member for each kind of failure, such as
    /// <c>{"system_oom": {"max_retries": 2, "memory_factor": 1.5}, "code_bug": {"max_retries": 1}}</c>.
    /// </summary>
    /// <param name="json">The object, or null for the usual.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: a name or a number cannot be used.</exception>
    public static RetryPolicy Read(JsonElement? json)
    {
        if (json is not { ValueKind: JsonValueKind.Object } given) return new RetryPolicy();
        Dictionary<FailureCategory, RetryRule> rules = new(s_usual);
        foreach (JsonProperty member in given.EnumerateObject())
        {
            FailureCategory category = FailureCategoryName.Parse(member.Name) ?? throw new HpcException(
                ErrorCode.SpecInvalid,
                $"auto_retry names '{member.Name}', which is no kind of failure{NearestName.Suggestion(member.Name, FailureCategoryName.All.Select(FailureCategoryName.Of))}",
                $"Use one of {string.Join(", ", FailureCategoryName.All.Select(FailureCategoryName.Of))}.");
            RetryRule before = rules.GetValueOrDefault(category) ?? RetryRule.Never;
            rules[category] = Read(member, before);
        }
        return new RetryPolicy { Rules = rules };
    }

    private static RetryRule Read(JsonProperty member, RetryRule rule)
    {
        if (member.Value.ValueKind == JsonValueKind.Number) return rule with { MaxRetries = Count(member.Name, member.Value) };
        if (member.Value.ValueKind != JsonValueKind.Object) throw Refused(member.Name, "is neither a number of retries nor an object");
        foreach (JsonProperty field in member.Value.EnumerateObject())
        {
            rule = field.Name switch
            {
                // The original's name.
                "max_retries" or "max_attempts" => rule with { MaxRetries = Count($"{member.Name}.{field.Name}", field.Value) },
                "memory_factor" => rule with { MemoryFactor = Factor($"{member.Name}.{field.Name}", field.Value) },
                "walltime_factor" => rule with { WalltimeFactor = Factor($"{member.Name}.{field.Name}", field.Value) },
                _ => throw Refused($"{member.Name}.{field.Name}", $"is not known{NearestName.Suggestion(field.Name, ["max_retries", "memory_factor", "walltime_factor"])}"),
            };
        }
        return rule;
    }

    private static int Count(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count is >= 0 and <= 100 ? count : throw Refused(name, "must be a whole number from 0 to 100");

    private static double Factor(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 1 and <= 100 and double factor ? factor : throw Refused(name, "must be a number from 1 to 100");

    private static HpcException Refused(string name, string why) =>
        new(ErrorCode.SpecInvalid, $"auto_retry.{name} {why}", "Write, for example, {\"system_oom\": {\"max_retries\": 2, \"memory_factor\": 1.5}}.");
}
