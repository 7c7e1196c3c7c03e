using System.ComponentModel;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>
/// Makes the input schema of a request record. Names are snake_case, unknown fields are refused, <c>required</c> members and constructor
/// parameters without default are required. A type marked <c>?</c> takes null (so that a program may send its unset fields), unless the
/// property has <c>[DisallowNull]</c>; any other property may be absent, but not null. Items of lists and values of maps are never null.
/// </summary>
internal static class SchemaGenerator
{
    internal static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
    };

    private static readonly JsonSchemaExporterOptions ExporterOptions = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    };

    private static readonly JsonSerializerOptions TextOptions = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly string[] KeywordOrder =
    [
        "$schema", "$id", "title", "description", "$ref", "type", "enum", "format", "default", "pattern", "minLength", "maxLength",
        "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "items",
        "properties", "required", "additionalProperties",
    ];

    /// <summary>The schema's text as it is committed: two spaces, line feeds, one at the end.</summary>
    internal static string Generate(Type request) =>
        Generate(request, request.GetCustomAttribute<InputSchemaAttribute>()?.Name
            ?? throw new InvalidOperationException($"{request.Name} has no [InputSchema]."));

    internal static string Generate(Type request, string name)
    {
        if (request.GetCustomAttribute<DescriptionAttribute>() is null)
            throw new InvalidOperationException($"{request.Name} has no [Description]; it becomes the schema's description.");
        var schema = Options.GetJsonSchemaAsNode(request, ExporterOptions).AsObject();
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
        schema["$id"] = $"urn:hpc-agent:schema:{name}.input";
        schema["title"] = $"{name} input";
        return Ordered(schema).ToJsonString(TextOptions) + "\n";
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;

        // "Anything" is the node true, which has no room for a description.
        var schema = node as JsonObject ?? [];
        schema.Remove("$comment");
        if (schema["default"] is null) schema.Remove("default");
        if (type.IsEnum) schema["type"] = TypeOf(schema["enum"]!.AsArray());
        if (IsSet(type)) schema["uniqueItems"] = true;
        if (type.GetCustomAttribute<DescriptionAttribute>() is { } description) schema["description"] = description.Description;
        if (context.PropertyInfo is { } property) SchemaConstraints.Apply(property, schema);
        return schema.Count == 0 ? node : Ordered(schema);
    }

    private static JsonNode TypeOf(JsonArray values) => values.Any(v => v is null) ? new JsonArray("string", "null") : "string";

    private static bool IsSet(Type type) =>
        type.GetInterfaces().Append(type).Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ISet<>));

    private static JsonObject Ordered(JsonObject schema)
    {
        var ordered = new JsonObject();
        foreach (var (keyword, value) in schema.OrderBy(k => Array.IndexOf(KeywordOrder, k.Key) is >= 0 and var i ? i : int.MaxValue).ToList())
        {
            schema.Remove(keyword);
            ordered[keyword] = value;
        }

        return ordered;
    }
}
