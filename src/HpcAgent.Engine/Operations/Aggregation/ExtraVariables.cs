using System.Text.Json;

namespace HpcAgent.Engine.Operations.Aggregation;

/// <summary>Variables as <c>NAME=value,OTHER=value</c> or as an object of texts.</summary>
internal static class ExtraVariables
{
    /// <summary>Reads them.</summary>
    /// <param name="given">The text or the object; null for none.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: it is neither, or a name cannot be set in a shell.</exception>
    public static IReadOnlyDictionary<string, string> Read(JsonElement? given)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach ((string name, string value) in Pairs(given))
        {
            if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                throw Invalid($"'{name}' cannot name a variable");
            if (name is "HPC_RUN_ID" or "HPC_RESULTS_DIR" or "HPC_AGGREGATED_OUTPUT") throw Invalid($"{name} belongs to the contract of reducers");
            if (value.Contains('\0', StringComparison.Ordinal)) throw Invalid($"the value of {name} holds the character 0");
            variables[name] = value;
        }
        return variables;
    }

    private static IEnumerable<(string Name, string Value)> Pairs(JsonElement? given) => given switch
    {
        null or { ValueKind: JsonValueKind.Null } => [],
        { ValueKind: JsonValueKind.Object } map => map.EnumerateObject().Select(p => (p.Name, p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText())),
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Pair),
        _ => throw Invalid("it is neither text nor an object"),
    };

    private static (string Name, string Value) Pair(string text) => text.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
        ? (text[..at], text[(at + 1)..])
        : throw Invalid($"'{text}' is not of the form NAME=value");

    private static HpcException Invalid(string reason) => new(ErrorCode.SpecInvalid, $"extra_env cannot be used: {reason}", "Write it as NAME=value,OTHER=value, or as an object.");
}
