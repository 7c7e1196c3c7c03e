using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaLoadTests
{
    [Theory]
    [InlineData("""{"multipleOf":2}""", "'multipleOf'")]
    [InlineData("""{"allOf":[]}""", "'allOf'")]
    [InlineData("""{"patternProperties":{}}""", "'patternProperties'")]
    [InlineData("""{"not":{}}""", "'not'")]
    [InlineData("""{"$comment":"x"}""", "'$comment'")]
    [InlineData("""{"Type":"string"}""", "'Type'")]
    [InlineData("""{"properties":{"a":{"minimun":1}}}""", "at /properties/a, the keyword 'minimun'")]
    [InlineData("""{"$defs":{"unused":{"contains":{}}}}""", "at /$defs/unused, the keyword 'contains'")]
    [InlineData("""{"anyOf":[{},{"if":{}}]}""", "at /anyOf/1, the keyword 'if'")]
    [InlineData("""{"items":{"$id":"urn:x"}}""", "at /items, the keyword '$id'")]
    [InlineData("""{"items":[{}]}""", "at /items, a schema must be an object, true or false")]
    [InlineData("""{"properties":[]}""", "'properties' must be an object")]
    [InlineData("""{"required":"a"}""", "'required' must be an array")]
    [InlineData("""{"required":[1]}""", "'required' must be text")]
    [InlineData("""{"type":"int"}""", "unknown type 'int'")]
    [InlineData("""{"type":[]}""", "'type' is empty")]
    [InlineData("""{"type":3}""", "'type' must be an array")]
    [InlineData("""{"enum":[]}""", "'enum' is empty")]
    [InlineData("""{"enum":"a"}""", "'enum' must be an array")]
    [InlineData("""{"oneOf":[]}""", "'oneOf' is empty")]
    [InlineData("""{"minItems":-1}""", "'minItems' must be a whole number")]
    [InlineData("""{"maxLength":1.5}""", "'maxLength' must be a whole number")]
    [InlineData("""{"minimum":"1"}""", "'minimum' must be a number")]
    [InlineData("""{"uniqueItems":1}""", "'uniqueItems' must be true or false")]
    [InlineData("""{"pattern":"("}""", "'pattern' is not a regular expression")]
    [InlineData("""{"pattern":3}""", "'pattern' must be text")]
    [InlineData("""{"$ref":"#/$defs/none"}""", "leads nowhere")]
    [InlineData("""{"$ref":"other.json"}""", "leads nowhere")]
    [InlineData("""{"$ref":"#anchor"}""", "leads nowhere")]
    [InlineData("""{"$ref":"#/required","required":["a"]}""", "a schema must be an object")]
    [InlineData("""{"$ref":"#"}""", "without end")]
    [InlineData("""{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}}}""", "without end")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "$schema must be")]
    [InlineData("""{"type":"string","type":"integer"}""", "given twice")]
    [InlineData("""[]""", "at its root, a schema must be")]
    [InlineData("""{""", "cannot be used")]
    public void A_schema_that_cannot_be_checked_in_full_is_refused(string schema, string reason)
    {
        var error = Schemas.Refused(() => Schemas.Load(schema), ErrorCode.Internal);
        Assert.Contains("test.json", error.Message);
        Assert.Contains(reason, error.Message);
    }

    [Theory]
    [InlineData("""{"default":{"multipleOf":2},"examples":[{"not":1}],"const":{"allOf":1},"enum":[{"if":1}]}""")]
    [InlineData("""{"properties":{"multipleOf":{"type":"integer"},"not":true}}""")]
    public void Data_and_names_within_a_schema_are_no_keywords(string schema) => Assert.NotNull(Schemas.Load(schema));

    [Fact]
    public void A_schema_tells_its_head_and_outlives_its_text()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"$id":"urn:x","title":"t","description":"d","type":"object"}""");
        var schema = JsonSchemaDocument.Parse(bytes, "x");
        Array.Clear(bytes);
        Assert.Equal(("x", "urn:x", "t", "d"), (schema.Name, schema.Id, schema.Title, schema.Description));
        Assert.Equal(JsonValueKind.Object, schema.Json.ValueKind);
        Assert.Equal("object", schema.Json.GetProperty("type").GetString());
    }

    [Fact]
    public void A_schema_without_head_has_nulls() => Assert.Null(Schemas.Load("true").Id);
}
