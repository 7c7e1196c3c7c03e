using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>
/// Puts what a property's attributes say into its schema. On a list or a map of texts or numbers, <c>[Range]</c>,
/// <c>[RegularExpression]</c> and <c>[AllowedValues]</c> are about each item. An attribute that has no form in the schema is an error.
/// </summary>
internal static class SchemaConstraints
{
    internal static void Apply(JsonPropertyInfo property, JsonObject schema)
    {
        var attributes = new[] { property.AttributeProvider, property.AssociatedParameter?.AttributeProvider }
            .SelectMany(provider => provider?.GetCustomAttributes(inherit: true) ?? [])
            .ToList();
        foreach (var types in attributes.OfType<JsonSchemaTypeAttribute>()) SetTypes(types, property, schema);
        if (!property.IsSetNullable) RefuseNull(property, schema);
        foreach (var attribute in attributes) Apply(attribute, property, schema);
    }

    private static void Apply(object attribute, JsonPropertyInfo property, JsonObject schema)
    {
        switch (attribute)
        {
            case DescriptionAttribute description:
                schema["description"] = description.Description;
                break;
            case DefaultValueAttribute value:
                schema["default"] = Json(value.Value);
                break;
            case RangeAttribute range:
                SetRange(range, Scalar(property, schema, "integer", "number"));
                break;
            case RegularExpressionAttribute pattern:
                Scalar(property, schema, "string")["pattern"] = Anchored(pattern.Pattern);
                break;
            case AllowedValuesAttribute allowed:
                SetAllowed(allowed, Scalar(property, schema, "string", "integer", "number"));
                break;
            case MinLengthAttribute least:
                schema[LengthKeyword(property, schema, "min")] = least.Length;
                break;
            case MaxLengthAttribute most:
                schema[LengthKeyword(property, schema, "max")] = most.Length;
                break;
            case ValidationAttribute:
                throw Fault(property, $"[{attribute.GetType().Name}] has no form in the schema");
        }
    }

    private static void SetTypes(JsonSchemaTypeAttribute types, JsonPropertyInfo property, JsonObject schema)
    {
        if (schema.ContainsKey("type") || schema.ContainsKey("$ref")) throw Fault(property, "[JsonSchemaType] is for JsonElement and object");
        var names = types.Types.ToList();
        if (property.IsSetNullable && !names.Contains("null")) names.Add("null");
        schema["type"] = names.Count == 1 ? names[0] : new JsonArray([.. names.Select(n => JsonValue.Create(n))]);
    }

    private static void RefuseNull(JsonPropertyInfo property, JsonObject schema)
    {
        // The exporter looks at reading too; [DisallowNull] is about writing alone.
        if (schema["$ref"] is not null && property.IsGetNullable) throw Fault(property, "[DisallowNull] cannot narrow a recursive type");
        if (!property.IsGetNullable || schema["type"] is not JsonArray types) return;
        var rest = types.Select(t => t!.GetValue<string>()).Where(t => t != "null").ToList();
        schema["type"] = rest.Count == 1 ? rest[0] : new JsonArray([.. rest.Select(n => JsonValue.Create(n))]);
        if (schema["enum"] is JsonArray values) schema["enum"] = new JsonArray([.. values.Where(v => v is not null).Select(v => v!.DeepClone())]);
    }

    /// <summary>The schema that a rule about single values belongs to: the property's own, or that of its items.</summary>
    private static JsonObject Scalar(JsonPropertyInfo property, JsonObject schema, params string[] types)
    {
        var place = Has(schema, "array") ? schema["items"] : Has(schema, "object") ? schema["additionalProperties"] : schema;
        return place is JsonObject found && types.Any(t => Has(found, t))
            ? found
            : throw Fault(property, $"an attribute is for {string.Join(" or ", types)} only");
    }

    private static string LengthKeyword(JsonPropertyInfo property, JsonObject schema, string limit) =>
        Has(schema, "string") ? limit + "Length" : Has(schema, "array") ? limit + "Items" : throw Fault(property, "a length is for texts and lists");

    private static bool Has(JsonObject schema, string type) => schema["type"] switch
    {
        JsonArray types => types.Any(t => t!.GetValue<string>() == type),
        JsonValue single => single.GetValue<string>() == type,
        _ => false,
    };

    private static void SetRange(RangeAttribute range, JsonObject schema)
    {
        if (!IsOpen(range.Minimum)) schema[range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Json(range.Minimum);
        if (!IsOpen(range.Maximum)) schema[range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Json(range.Maximum);
    }

    private static bool IsOpen(object limit) => limit switch
    {
        int i => i is int.MinValue or int.MaxValue,
        double d => double.IsInfinity(d) || d is double.MinValue or double.MaxValue,
        _ => throw new InvalidOperationException("[Range] takes int or double limits here."),
    };

    private static void SetAllowed(AllowedValuesAttribute allowed, JsonObject schema)
    {
        var values = new JsonArray([.. allowed.Values.Select(Json)]);
        if (Has(schema, "null") && values.All(v => v is not null)) values.Add(null);
        schema["enum"] = values;
    }

    // The attribute means the whole text; a schema's pattern may match anywhere.
    private static string Anchored(string pattern) =>
        pattern.StartsWith('^') && pattern.EndsWith('$') && !pattern.EndsWith("\\$", StringComparison.Ordinal) && !pattern.Contains('|')
            ? pattern
            : $"^(?:{pattern})$";

    private static JsonNode? Json(object? value) => value switch
    {
        null => null,
        string s => s,
        bool b => b,
        int i => i,
        long l => l,
        double d => d,
        _ => throw new InvalidOperationException($"An attribute's value of type {value.GetType().Name} has no JSON form here."),
    };

    private static InvalidOperationException Fault(JsonPropertyInfo property, string what) =>
        new($"{property.DeclaringType.Name}.{property.Name}: {what}.");
}
