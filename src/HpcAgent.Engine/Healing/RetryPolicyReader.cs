using System.Text.Json;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Healing;

/// <summary>
/// Reads a policy: <c>true</c> for the usual one, a number for the usual one with so many retries a task at most, <c>false</c> or 0 for none, or an object with
/// a member for each kind of failure, such as <c>{"system_oom": {"max_retries": 2, "memory_factor": 1.5}, "code_bug": 1, "max_retries": 3}</c>.
/// </summary>
public static class RetryPolicyReader
{
    private const string Example = "Write true for the usual policy, a number of retries, or, for example, {\"system_oom\": {\"max_retries\": 2, \"memory_factor\": 1.5}, \"max_retries\": 3}.";
    private static readonly string[] s_fields = ["max_retries", "memory_factor", "walltime_factor", .. RetryPlace.Names];
    private static readonly string[] s_caps = ["max_retries", "max_run_retries"];

    /// <summary>Reads a policy.</summary>
    /// <param name="json">What the request or the record says.</param>
    /// <returns>The policy, or null if nothing is said.</returns>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: a name or a number cannot be used.</exception>
    public static RetryPolicy? TryRead(JsonElement? json) => json is not { } given ? null : given.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.True => new RetryPolicy(),
        JsonValueKind.False => RetryPolicy.Off,
        JsonValueKind.Number => Count("", given) is > 0 and int count ? new RetryPolicy { MaxRetries = count } : RetryPolicy.Off,
        JsonValueKind.Object => ReadObject(given),
        _ => throw Refused("", "is neither true, nor a number of retries, nor an object"),
    };

    /// <summary>A policy as the record of a run holds it: an object, or null for none.</summary>
    /// <param name="json">What the request says.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: a name or a number cannot be used.</exception>
    public static JsonElement? ForRecord(JsonElement? json)
    {
        if (TryRead(json) is not { IsOff: false } policy) return null;
        if (json!.Value.ValueKind == JsonValueKind.Object) return json;
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            if (json.Value.ValueKind == JsonValueKind.Number) writer.WriteNumber("max_retries"u8, policy.MaxRetries);
            writer.WriteEndObject();
        }
        using JsonDocument document = JsonDocument.Parse(text.ToArray());
        return document.RootElement.Clone();
    }

    private static RetryPolicy ReadObject(JsonElement given)
    {
        RetryPolicy policy = new();
        Dictionary<FailureCategory, RetryRule> rules = [];
        foreach (JsonProperty member in given.EnumerateObject())
        {
            if (member.Name == "max_retries") policy = policy with { MaxRetries = Count(".max_retries", member.Value) };
            else if (member.Name == "max_run_retries") policy = policy with { MaxRunRetries = Count(".max_run_retries", member.Value, 100_000_000) };
            else if (FailureCategoryName.Parse(member.Name) is { } category) rules[category] = Read(member, policy[category]);
            else throw Unknown(member.Name);
        }
        return policy with { Rules = rules };
    }

    private static RetryRule Read(JsonProperty member, RetryRule rule)
    {
        if (member.Value.ValueKind == JsonValueKind.Number) return rule with { MaxRetries = Count($".{member.Name}", member.Value) };
        if (member.Value.ValueKind == JsonValueKind.False) return RetryRule.Never;
        if (member.Value.ValueKind != JsonValueKind.Object) throw Refused($".{member.Name}", "is neither a number of retries nor an object");
        foreach (JsonProperty field in member.Value.EnumerateObject())
        {
            string name = $".{member.Name}.{field.Name}";
            rule = field.Name switch
            {
                // The original's name.
                "max_retries" or "max_attempts" => rule with { MaxRetries = Count(name, field.Value) },
                "memory_factor" => rule with { MemoryFactor = Factor(name, field.Value) },
                "walltime_factor" => rule with { WalltimeFactor = Factor(name, field.Value) },
                _ when RetryPlace.Names.Contains(field.Name, StringComparer.Ordinal) => rule with { Place = rule.Place.With(field.Name, Word(name, field.Value)) },
                _ => throw Refused(name, $"is not known{NearestName.Suggestion(field.Name, s_fields)}"),
            };
        }
        // To say how a failure is cured is to want it cured.
        return rule.MaxRetries == 0 && !member.Value.TryGetProperty("max_retries", out _) && !member.Value.TryGetProperty("max_attempts", out _) && member.Value.EnumerateObject().Any()
            ? rule with { MaxRetries = 1 }
            : rule;
    }

    private static int Count(string name, JsonElement value, int most = 100) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 0 && count <= most
            ? count
            : throw Refused(name, $"must be a whole number from 0 to {most.ToString(System.Globalization.CultureInfo.InvariantCulture)}");

    private static double Factor(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is >= 1 and <= 100 and double factor ? factor : throw Refused(name, "must be a number from 1 to 100");

    private static string Word(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : throw Refused(name, "must be a word");

    private static HpcException Unknown(string name) => new(
        ErrorCode.SpecInvalid,
        $"auto_retry names '{name}', which is no kind of failure{NearestName.Suggestion(name, FailureCategoryName.All.Select(FailureCategoryName.Of).Concat(s_caps))}",
        $"Use one of {string.Join(", ", FailureCategoryName.All.Select(FailureCategoryName.Of))}; or {string.Join(" and ", s_caps)} for all of them together.");

    private static HpcException Refused(string name, string why) => new(ErrorCode.SpecInvalid, $"auto_retry{name} {why}", Example);
}
