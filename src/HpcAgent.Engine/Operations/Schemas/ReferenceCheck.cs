using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keyword <c>$ref</c>, within the same document.</summary>
internal sealed class ReferenceCheck(SchemaNode target) : ISchemaCheck
{
    public IEnumerable<SchemaNode> SameValue => [target];

    internal static ReferenceCheck? Read(KeywordReader schema) =>
        schema.Reference("$ref") is { } target ? new ReferenceCheck(target) : null;

    public void Check(JsonElement value, ProblemLog log) => target.Check(value, log);
}
