using System.Text.Json.Nodes;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>Random schemas of the supported subset, and random documents that keep their rules by construction.</summary>
internal sealed class RandomSchema(Random random)
{
    private const int MostDepth = 4;

    /// <summary>A schema of a closed object, which has at least one required field.</summary>
    internal JsonObject Root() => ObjectSchema(0);

    internal JsonNode? Document(JsonObject schema, JsonObject root)
    {
        if (schema["$ref"] is { } reference) return Document(root["$defs"]![reference.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), root);
        if (schema["const"] is { } constant) return constant.DeepClone();
        if (schema["enum"] is JsonArray values) return values[random.Next(values.Count)]?.DeepClone();
        if ((schema["anyOf"] ?? schema["oneOf"]) is JsonArray forms) return Document(forms[random.Next(forms.Count)]!.AsObject(), root);
        return (schema["type"] is JsonArray types ? types[random.Next(types.Count)] : schema["type"])!.GetValue<string>() switch
        {
            "object" => ObjectOf(schema, root),
            "array" => ArrayOf(schema, root),
            "string" => TextOf(schema),
            "integer" => random.Next(schema["minimum"]!.GetValue<int>(), schema["maximum"]!.GetValue<int>() + 1),
            "number" => schema["exclusiveMinimum"]!.GetValue<int>() + 0.25 + random.Next(9),
            "boolean" => random.Next(2) == 0,
            var other => other == "null" ? null : throw new InvalidOperationException(other),
        };
    }

    private JsonObject Any(int depth) => random.Next(depth >= MostDepth ? 7 : 10) switch
    {
        0 => IntegerSchema(),
        1 => new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = random.Next(-5, 5) },
        2 => TextSchema(),
        3 => new JsonObject { ["type"] = new JsonArray("boolean", "null") },
        4 => new JsonObject { ["enum"] = new JsonArray("a", random.Next(9), null, new JsonObject { ["k"] = 1 }) },
        5 => new JsonObject { ["const"] = random.Next(9) },
        6 => new JsonObject { ["$ref"] = "#/$defs/shared" },
        7 => new JsonObject { ["type"] = "array", ["items"] = Any(depth + 1), ["minItems"] = random.Next(3), ["maxItems"] = 4 },
        8 => new JsonObject { [random.Next(2) == 0 ? "anyOf" : "oneOf"] = new JsonArray(IntegerSchema(), TextSchema(), ObjectSchema(depth + 1)) },
        _ => ObjectSchema(depth + 1),
    };

    private JsonObject IntegerSchema()
    {
        var least = random.Next(-100, 100);
        return new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = least + random.Next(50) };
    }

    private JsonObject TextSchema()
    {
        var least = random.Next(3);
        return new JsonObject { ["type"] = "string", ["minLength"] = least, ["maxLength"] = least + random.Next(4), ["pattern"] = "^[a-z]*$" };
    }

    private JsonObject ObjectSchema(int depth)
    {
        var properties = new JsonObject();
        for (var i = random.Next(4); i >= 0; i--) properties[$"f{i}"] = Any(depth);
        var required = new JsonArray([.. properties.Select(p => p.Key).Where(k => k == "f0" || random.Next(2) == 0).Select(k => JsonValue.Create(k))]);
        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties, ["required"] = required, ["additionalProperties"] = false };
        if (depth == 0) schema["$defs"] = new JsonObject { ["shared"] = TextSchema() };
        return schema;
    }

    private JsonObject ObjectOf(JsonObject schema, JsonObject root)
    {
        var required = schema["required"]!.AsArray().Select(r => r!.GetValue<string>()).ToHashSet();
        var document = new JsonObject();
        foreach (var (name, rule) in schema["properties"]!.AsObject())
        {
            if (required.Contains(name) || random.Next(2) == 0) document[name] = Document(rule!.AsObject(), root);
        }

        return document;
    }

    private JsonArray ArrayOf(JsonObject schema, JsonObject root)
    {
        var length = random.Next(schema["minItems"]!.GetValue<int>(), schema["maxItems"]!.GetValue<int>() + 1);
        return new JsonArray([.. Enumerable.Range(0, length).Select(_ => Document(schema["items"]!.AsObject(), root))]);
    }

    private string TextOf(JsonObject schema)
    {
        var length = random.Next(schema["minLength"]!.GetValue<int>(), schema["maxLength"]!.GetValue<int>() + 1);
        return string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(26))));
    }
}
