using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// A JSON Schema, read and ready to validate. The subset of draft 2020-12: <c>type properties required additionalProperties items
/// minItems maxItems uniqueItems enum const minimum exclusiveMinimum maximum exclusiveMaximum minLength maxLength pattern oneOf anyOf
/// $defs</c> and a <c>$ref</c> within the document. <c>$schema $id title description default examples format</c> are allowed and
/// check nothing. Instances do not change and may be shared between threads.
/// </summary>
public sealed class JsonSchemaDocument
{
    private JsonSchemaDocument(string name, JsonElement json, SchemaNode root)
    {
        Name = name;
        Json = json;
        Root = root;
    }

    /// <summary>The name given when it was read, for messages.</summary>
    public string Name { get; }

    /// <summary>The schema itself, for publication. It stays valid.</summary>
    public JsonElement Json { get; }

    /// <summary>The schema's <c>$id</c>, or null.</summary>
    public string? Id => Text("$id");

    /// <summary>The schema's <c>title</c>, or null.</summary>
    public string? Title => Text("title");

    /// <summary>The schema's <c>description</c>, or null.</summary>
    public string? Description => Text("description");

    internal SchemaNode Root { get; }

    /// <summary>Reads a schema.</summary>
    /// <param name="utf8">The schema's JSON text.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.Internal"/>: not JSON, a keyword outside the subset, a keyword with a wrong value, or a reference that
    /// leads nowhere or has no end.
    /// </exception>
    public static JsonSchemaDocument Parse(ReadOnlyMemory<byte> utf8, string name)
    {
        try
        {
            using var document = SpecReader.Parse(utf8, name);
            var json = document.RootElement.Clone();
            return new JsonSchemaDocument(name, json, new SchemaCompiler(json, name).CompileRoot());
        }
        catch (HpcException e) when (e.Code is ErrorCode.SpecInvalid)
        {
            throw new HpcException(ErrorCode.Internal, $"The schema {name} cannot be used: {e.Message}", inner: e);
        }
    }

    private string? Text(string keyword) =>
        Json.ValueKind is JsonValueKind.Object && Json.TryGetProperty(keyword, out var value) && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;
}
