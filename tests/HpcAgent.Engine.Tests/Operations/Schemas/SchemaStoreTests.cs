using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaStoreTests
{
    private readonly SchemaResources here = new(typeof(SchemaStoreTests).Assembly);

    [Fact]
    public void Embedded_schemas_are_listed_by_name() => Assert.Equal(["sample"], here.Names);

    [Fact]
    public void A_schema_is_read_once() => Assert.Same(here.Load("sample"), here.Load("sample"));

    [Fact]
    public void A_schema_is_found_and_ready()
    {
        var schema = here.Load("sample");
        Assert.Equal("urn:hpc-agent:schema:sample.input", schema.Id);
        using var document = SpecReader.Parse("{}"u8.ToArray(), "x");
        Assert.Equal(["required", "required"], SchemaValidator.Validate(schema, document.RootElement).Select(p => p.Keyword));
    }

    [Theory]
    [InlineData("Sample")]
    [InlineData("")]
    [InlineData("../sample")]
    public void An_unknown_name_is_an_error_that_lists_the_known_ones(string name)
    {
        var error = Schemas.Refused(() => here.Load(name), ErrorCode.SpecInvalid);
        Assert.Contains($"'{name}'", error.Message);
        Assert.Contains("sample", error.Remediation);
    }

    [Fact]
    public void The_shipped_store_refuses_unknown_names_too() =>
        Schemas.Refused(() => SchemaStore.Load("no-such-operation"), ErrorCode.SpecInvalid);
}
