namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaBranchTests
{
    private const string Shapes = """
        {"oneOf":[
          {"type":"object","properties":{"kind":{"const":"grid"},"axes":{"type":"object"}},"required":["kind","axes"],"additionalProperties":false},
          {"type":"object","properties":{"kind":{"const":"list"},"items":{"type":"array"}},"required":["kind","items"],"additionalProperties":false}]}
        """;

    [Fact]
    public void The_form_named_by_a_constant_field_gives_the_report()
    {
        var problem = Assert.Single(Schemas.Validate(Shapes, """{"kind":"list","items":7}"""));
        Assert.Equal(("/items", "type"), (problem.JsonPointer, problem.Keyword));
    }

    [Theory]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    public void The_only_form_of_the_right_type_gives_the_report(string keyword)
    {
        var problem = Assert.Single(Schemas.Validate($$"""{"{{keyword}}":[{"type":"integer","minimum":1},{"const":"auto"}]}""", "0"));
        Assert.Equal("minimum", problem.Keyword);
    }

    [Fact]
    public void A_value_of_no_form_is_told_what_each_form_wants()
    {
        var problem = Assert.Single(Schemas.Validate("""{"anyOf":[{"type":"integer"},{"type":"string"}]}""", "true"));
        Assert.Equal("anyOf", problem.Keyword);
        Assert.Contains("fits none of the 2 allowed forms", problem.Message);
        Assert.Contains("an integer", problem.Message);
        Assert.Contains("a string", problem.Message);
    }

    [Fact]
    public void A_value_between_two_forms_names_the_places()
    {
        var problem = Assert.Single(Schemas.Validate(Shapes, """{"axes":3,"items":3}"""));
        Assert.Equal("oneOf", problem.Keyword);
        Assert.Contains("/axes: ", problem.Message);
    }

    [Fact]
    public void Problems_of_forms_that_do_not_count_leave_no_trace() =>
        Assert.Empty(Schemas.Validate("""{"properties":{"a":{"anyOf":[{"type":"string"},{"type":"integer"}]}}}""", """{"a":1}"""));

    [Fact]
    public void Forms_within_forms_report_the_innermost_place()
    {
        const string Schema = """{"anyOf":[{"type":"null"},{"type":"array","items":{"oneOf":[{"type":"null"},{"type":"integer","maximum":5}]}}]}""";
        var problem = Assert.Single(Schemas.Validate(Schema, "[1,null,9]"));
        Assert.Equal(("/2", "maximum"), (problem.JsonPointer, problem.Keyword));
    }

    [Fact]
    public void The_place_after_a_form_is_right_again()
    {
        const string Schema = """{"properties":{"a":{"anyOf":[{"properties":{"x":{"type":"null"}}},{"type":"null"}]},"b":{"type":"null"}}}""";
        Assert.Equal(["/a/x", "/b"], Schemas.Validate(Schema, """{"a":{"x":1},"b":2}""").Select(p => p.JsonPointer));
    }
}
