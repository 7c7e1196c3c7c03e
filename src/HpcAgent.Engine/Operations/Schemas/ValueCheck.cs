using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keywords <c>enum</c> and <c>const</c>.</summary>
internal sealed class ValueCheck(string keyword, IReadOnlyList<JsonElement> allowed) : ISchemaCheck
{
    private readonly HashSet<string> canonical = [.. allowed.Select(CanonicalJson.Of)];

    internal static IEnumerable<ValueCheck> Read(KeywordReader schema)
    {
        if (schema.Values("enum") is { } values)
            yield return values.Count > 0 ? new ValueCheck("enum", values) : throw schema.Fault("enum", "is empty");
        if (schema.Any("const") is { } value) yield return new ValueCheck("const", [value]);
    }

    public void Check(JsonElement value, ProblemLog log)
    {
        if (canonical.Contains(CanonicalJson.Of(value))) return;
        var nearest = value.ValueKind is JsonValueKind.String
            ? PropertyHint.Nearest(value.GetString()!, allowed.Where(a => a.ValueKind is JsonValueKind.String).Select(a => a.GetString()!))
            : null;
        log.Add(keyword, $"The value must be {JsonWords.List(allowed.Select(JsonWords.Quote))}, but is {JsonWords.Describe(value)}.", nearest);
    }
}
