using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keywords <c>properties</c>, <c>required</c> and <c>additionalProperties</c>.</summary>
internal sealed class ObjectCheck(
    IReadOnlyDictionary<string, SchemaNode> properties,
    IReadOnlyList<string> required,
    SchemaNode? additional) : ISchemaCheck
{
    internal static ObjectCheck? Read(KeywordReader schema)
    {
        var properties = schema.Schemas("properties");
        var required = schema.Texts("required");
        var additional = schema.Schema("additionalProperties");
        return properties is null && required is null && additional is null
            ? null
            : new ObjectCheck(properties ?? new Dictionary<string, SchemaNode>(StringComparer.Ordinal), required ?? [], additional);
    }

    public void Check(JsonElement value, ProblemLog log)
    {
        if (value.ValueKind is not JsonValueKind.Object) return;
        foreach (var field in value.EnumerateObject())
        {
            log.Enter(field.Name);
            if (properties.TryGetValue(field.Name, out var node)) node.Check(field.Value, log);
            else if (ReferenceEquals(additional, SchemaNode.Nothing)) AddUnknown(value, field.Name, log);
            else additional?.Check(field.Value, log);
            log.Leave();
        }

        foreach (var name in required)
        {
            if (!value.TryGetProperty(name, out _)) log.Add("required", $"The field '{name}' is missing.");
        }
    }

    private void AddUnknown(JsonElement owner, string name, ProblemLog log)
    {
        // A field that is there already is seldom what was meant.
        var nearest = PropertyHint.Nearest(name, properties.Keys.Where(known => !owner.TryGetProperty(known, out _)))
            ?? PropertyHint.Nearest(name, properties.Keys);
        var advice = nearest is not null ? $"; did you mean '{nearest}'?"
            : properties.Count == 0 ? "; no field is allowed here."
            : $"; known here: {JsonWords.List(properties.Keys)}.";
        log.Add("additionalProperties", $"The field '{name}' is unknown{advice}", nearest);
    }
}
