using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

/// <summary>Short forms for tests.</summary>
internal static class Schemas
{
    internal static JsonSchemaDocument Load(string json) => JsonSchemaDocument.Parse(Encoding.UTF8.GetBytes(json), "test.json");

    internal static IReadOnlyList<SchemaProblem> Validate(string schema, string value)
    {
        using var document = JsonDocument.Parse(value);
        return SchemaValidator.Validate(Load(schema), document.RootElement);
    }

    internal static HpcException Refused(Action act, ErrorCode code)
    {
        var error = Assert.Throws<HpcException>(act);
        Assert.Equal(code, error.Code);
        return error;
    }
}
