namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// Says which JSON types a property of type <see cref="System.Text.Json.JsonElement"/> or <see cref="object"/> takes,
/// where its .NET type cannot say it ("a string or a number").
/// </summary>
/// <param name="types">JSON Schema type names: null, boolean, object, array, number, integer, string.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
public sealed class JsonSchemaTypeAttribute(params string[] types) : Attribute
{
    /// <summary>The JSON Schema type names.</summary>
    public IReadOnlyList<string> Types { get; } = types;
}
