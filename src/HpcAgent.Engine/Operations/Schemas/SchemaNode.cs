using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>A compiled schema: its type and its other checks.</summary>
internal sealed class SchemaNode
{
    internal static readonly SchemaNode Anything = new();

    internal static readonly SchemaNode Nothing = new();

    internal TypeCheck? Type { get; set; }

    internal List<ISchemaCheck> Checks { get; } = [];

    internal void Check(JsonElement value, ProblemLog log)
    {
        if (ReferenceEquals(this, Nothing))
        {
            log.Add("false", "No value is allowed here.");
            return;
        }

        // A value of the wrong type breaks other keywords too; one report says all there is to say.
        if (Type is not null && !Type.Check(value, log)) return;
        foreach (var check in Checks) check.Check(value, log);
    }
}
