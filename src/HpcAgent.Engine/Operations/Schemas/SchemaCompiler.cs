using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Turns the JSON of a schema into checks; refuses what it cannot turn into one.</summary>
internal sealed class SchemaCompiler(JsonElement root, string name)
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private readonly Dictionary<string, SchemaNode> nodes = new(StringComparer.Ordinal);

    internal SchemaNode CompileRoot()
    {
        if (root.ValueKind is JsonValueKind.Object && root.TryGetProperty("$schema", out var dialect)
            && !(dialect.ValueKind is JsonValueKind.String && dialect.ValueEquals(Dialect)))
            throw Fault("", $"$schema must be {Dialect}");
        var node = Compile(root, "");
        RefuseEndlessReferences();
        return node;
    }

    internal SchemaNode Compile(JsonElement schema, string pointer)
    {
        if (schema.ValueKind is JsonValueKind.True) return SchemaNode.Anything;
        if (schema.ValueKind is JsonValueKind.False) return SchemaNode.Nothing;
        if (schema.ValueKind is not JsonValueKind.Object) throw Fault(pointer, "a schema must be an object, true or false");
        if (nodes.TryGetValue(pointer, out var known)) return known;

        // Known before its parts are read, so that a schema may refer to itself.
        var node = nodes[pointer] = new SchemaNode();
        var reader = new KeywordReader(this, schema, pointer);
        reader.Schemas("$defs");
        node.Type = TypeCheck.Read(reader);
        Add(node, ReferenceCheck.Read(reader));
        Add(node, ObjectCheck.Read(reader));
        Add(node, ArrayCheck.Read(reader));
        Add(node, NumberCheck.Read(reader));
        Add(node, StringCheck.Read(reader));
        node.Checks.AddRange(ValueCheck.Read(reader));
        node.Checks.AddRange(BranchCheck.Read(reader));
        reader.RefuseRest();
        return node;
    }

    /// <summary>The schema that a local reference (<c>#</c> or <c>#/a/b</c>) names, or null.</summary>
    internal SchemaNode? Resolve(string reference)
    {
        if (!reference.StartsWith('#') || (reference.Length > 1 && reference[1] != '/')) return null;
        var place = root;
        var pointer = "";
        foreach (var step in Uri.UnescapeDataString(reference).Split('/').Skip(1))
        {
            if (Step(place, JsonPath.Unescape(step)) is not { } next) return null;
            place = next;
            pointer += "/" + step;
        }

        return Compile(place, pointer);
    }

    internal HpcException Fault(string pointer, string what) => new(
        ErrorCode.Internal,
        $"The schema {name} cannot be used: at {(pointer.Length == 0 ? "its root" : pointer)}, {what}.",
        "Report this as a fault of the program; the schema ships with it.");

    private static JsonElement? Step(JsonElement place, string step)
    {
        if (place.ValueKind is JsonValueKind.Object && place.TryGetProperty(step, out var field)) return field;
        return place.ValueKind is JsonValueKind.Array && int.TryParse(step, out var index) && index >= 0 && index < place.GetArrayLength()
            ? place[index]
            : null;
    }

    private static void Add(SchemaNode node, ISchemaCheck? check)
    {
        if (check is not null) node.Checks.Add(check);
    }

    private void RefuseEndlessReferences()
    {
        var done = new HashSet<SchemaNode>();
        var open = new HashSet<SchemaNode>();
        foreach (var (pointer, node) in nodes) Visit(node, pointer);

        void Visit(SchemaNode node, string pointer)
        {
            if (done.Contains(node)) return;
            if (!open.Add(node)) throw Fault(pointer, "references lead back to the same value without end");
            foreach (var next in node.Checks.SelectMany(check => check.SameValue)) Visit(next, pointer);
            open.Remove(node);
            done.Add(node);
        }
    }
}
