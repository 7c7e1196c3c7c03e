using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>One group of keywords of a schema, ready to be applied. A check ignores values of types that it is not about.</summary>
internal interface ISchemaCheck
{
    void Check(JsonElement value, ProblemLog log);

    /// <summary>Schemas that this check applies to the very same value; a cycle of these would never end.</summary>
    IEnumerable<SchemaNode> SameValue => [];
}
