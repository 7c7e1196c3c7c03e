using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// Reads the keywords of one schema object and remembers which were read, so that a keyword that no check has taken is found:
/// a shipped schema must not promise what is not checked.
/// </summary>
internal sealed class KeywordReader(SchemaCompiler compiler, JsonElement schema, string pointer)
{
    private static readonly string[] Annotations = ["title", "description", "default", "examples", "format"];
    private static readonly string[] RootAnnotations = ["$schema", "$id"];

    private readonly HashSet<string> taken = new(Annotations, StringComparer.Ordinal);

    internal string? Text(string keyword) => Any(keyword) is { } value ? TextOf(keyword, value) : null;

    internal IReadOnlyList<string>? Texts(string keyword) => Values(keyword)?.Select(value => TextOf(keyword, value)).ToList();

    internal IReadOnlyList<string>? TextOrTexts(string keyword) =>
        Any(keyword) is { ValueKind: JsonValueKind.String } text ? [text.GetString()!] : Texts(keyword);

    internal bool? Flag(string keyword) => Any(keyword) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean()
        : throw Fault(keyword, "must be true or false");

    internal long? Count(string keyword) => Any(keyword) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number && value.TryGetInt64(out var count) && count >= 0 ? count
        : throw Fault(keyword, "must be a whole number from 0 on");

    internal string? Number(string keyword) => Any(keyword) is not { } value ? null
        : value.ValueKind is JsonValueKind.Number ? value.GetRawText()
        : throw Fault(keyword, "must be a number");

    internal IReadOnlyList<JsonElement>? Values(string keyword) => Any(keyword) is not { } value ? null
        : value.ValueKind is JsonValueKind.Array ? value.EnumerateArray().ToList()
        : throw Fault(keyword, "must be an array");

    internal SchemaNode? Schema(string keyword) =>
        Any(keyword) is { } value ? compiler.Compile(value, $"{pointer}/{JsonPath.Escape(keyword)}") : null;

    internal IReadOnlyList<SchemaNode>? SchemaList(string keyword)
    {
        if (Values(keyword) is not { } values) return null;
        if (values.Count == 0) throw Fault(keyword, "is empty");
        return values.Select((value, index) => compiler.Compile(value, $"{pointer}/{keyword}/{index}")).ToList();
    }

    internal IReadOnlyDictionary<string, SchemaNode>? Schemas(string keyword)
    {
        if (Any(keyword) is not { } value) return null;
        if (value.ValueKind is not JsonValueKind.Object) throw Fault(keyword, "must be an object");
        return value.EnumerateObject().ToDictionary(
            field => field.Name,
            field => compiler.Compile(field.Value, $"{pointer}/{keyword}/{JsonPath.Escape(field.Name)}"),
            StringComparer.Ordinal);
    }

    internal SchemaNode? Reference(string keyword) =>
        Text(keyword) is not { } reference ? null : compiler.Resolve(reference) ?? throw Fault(keyword, $"leads nowhere: {reference}");

    internal JsonElement? Any(string keyword)
    {
        taken.Add(keyword);
        return schema.TryGetProperty(keyword, out var value) ? value : null;
    }

    internal void RefuseRest()
    {
        if (pointer.Length == 0) taken.UnionWith(RootAnnotations);
        foreach (var field in schema.EnumerateObject())
        {
            if (!taken.Contains(field.Name)) throw Fault(field.Name, "is not a keyword that can be checked");
        }
    }

    internal HpcException Fault(string keyword, string what) => compiler.Fault(pointer, $"the keyword '{keyword}' {what}");

    private string TextOf(string keyword, JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : throw Fault(keyword, "must be text");
}
