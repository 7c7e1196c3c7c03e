using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keyword <c>type</c>.</summary>
internal sealed class TypeCheck(IReadOnlyList<string> types)
{
    private static readonly string[] Known = ["null", "boolean", "object", "array", "number", "integer", "string"];

    internal static TypeCheck? Read(KeywordReader schema)
    {
        if (schema.TextOrTexts("type") is not { } types) return null;
        foreach (var type in types)
        {
            if (!Known.Contains(type, StringComparer.Ordinal)) throw schema.Fault("type", $"names the unknown type '{type}'");
        }

        return types.Count > 0 ? new TypeCheck(types) : throw schema.Fault("type", "is empty");
    }

    internal bool Check(JsonElement value, ProblemLog log)
    {
        foreach (var type in types)
        {
            if (Is(value, type)) return true;
        }

        log.Add("type", $"The value must be {JsonWords.List(types.Select(JsonWords.WithArticle))}, but is {JsonWords.Describe(value)}.");
        return false;
    }

    private static bool Is(JsonElement value, string type) => type switch
    {
        "null" => value.ValueKind is JsonValueKind.Null,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "integer" => value.ValueKind is JsonValueKind.Number && DecimalText.Parse(value.GetRawText()).IsInteger,
        _ => value.ValueKind is JsonValueKind.Number,
    };
}
