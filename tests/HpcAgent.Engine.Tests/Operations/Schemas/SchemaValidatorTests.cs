namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaValidatorTests
{
    [Theory]
    [InlineData("""{"type":"integer"}""", "1.0")]
    [InlineData("""{"type":"integer"}""", "1e3")]
    [InlineData("""{"type":"integer"}""", "12.50e1")]
    [InlineData("""{"type":"integer"}""", "-0.0")]
    [InlineData("""{"type":"integer"}""", "1e999999999999999999999")]
    [InlineData("""{"type":"integer"}""", "123456789012345678901234567890")]
    [InlineData("""{"type":["string","number"]}""", "1.5")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"b":1}""")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", "7")]
    [InlineData("""{"required":["a"]}""", "[]")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"a":"x"}""")]
    [InlineData("""{"properties":{"a":true},"additionalProperties":{"type":"string"}}""", """{"a":1,"b":"x"}""")]
    [InlineData("""{"items":{"type":"integer"}}""", "[]")]
    [InlineData("""{"minItems":1,"maxItems":2}""", "[1,2]")]
    [InlineData("""{"uniqueItems":true}""", """[1,"1",true,[1],{"a":1},{"a":2},null,"",[]]""")]
    [InlineData("""{"uniqueItems":false}""", "[1,1]")]
    [InlineData("""{"uniqueItems":true}""", """[{"a":"b","c":"d"},{"a":"b\"1:c","d":""}]""")]
    [InlineData("""{"enum":[1,"a",{"x":[1.0]},null]}""", """{"x":[1]}""")]
    [InlineData("""{"const":{"a":1,"b":2}}""", """{"b":2.0,"a":1e0}""")]
    [InlineData("""{"minimum":0.1}""", "0.1")]
    [InlineData("""{"minimum":0}""", "-0.0")]
    [InlineData("""{"exclusiveMinimum":0}""", "1e-999999999999999999999")]
    [InlineData("""{"maximum":9007199254740993}""", "9007199254740993")]
    [InlineData("""{"exclusiveMaximum":1}""", "0.99999999999999999999999999")]
    [InlineData("""{"minLength":2,"maxLength":2}""", "\"\U0001F600\U0001F600\"")]
    [InlineData("""{"pattern":"b"}""", "\"abc\"")]
    [InlineData("""{"pattern":"^.$"}""", "5")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":3}]}""", "3")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"integer"}]}""", "3")]
    [InlineData("""{"$ref":"#/$defs/a~1b%20c","$defs":{"a/b c":{"type":"string"}}}""", "\"x\"")]
    [InlineData("""{"properties":{"next":{"$ref":"#"}},"additionalProperties":false}""", """{"next":{"next":{}}}""")]
    [InlineData("""{"format":"date-time","title":"t","description":"d","default":3,"examples":[1]}""", "\"no date\"")]
    [InlineData("true", "{}")]
    public void A_good_value_passes(string schema, string value) => Assert.Empty(Schemas.Validate(schema, value));

    [Theory]
    [InlineData("""{"type":"integer"}""", "1.5", "", "type", "The value must be an integer, but is the number 1.5.")]
    [InlineData("""{"type":"integer"}""", "1e-1", "", "type", "The value must be an integer, but is the number 1e-1.")]
    [InlineData("""{"type":"integer"}""", "\"8\"", "", "type", "The value must be an integer, but is the string \"8\".")]
    [InlineData("""{"type":"string"}""", "null", "", "type", "The value must be a string, but is null.")]
    [InlineData("""{"type":"object"}""", "[]", "", "type", "The value must be an object, but is an array.")]
    [InlineData("""{"type":"array"}""", "{}", "", "type", "The value must be an array, but is an object.")]
    [InlineData("""{"type":"boolean"}""", "0", "", "type", "The value must be a boolean, but is the number 0.")]
    [InlineData("""{"type":"null"}""", "false", "", "type", "The value must be null, but is false.")]
    [InlineData("""{"type":["string","number","null"]}""", "true", "", "type", "The value must be a string, a number or null, but is true.")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"type":"null"}}}}}""", """{"a":{"b":1}}""", "/a/b", "type", null)]
    [InlineData("""{"properties":{"a/b~":{"type":"null"}}}""", """{"a/b~":1}""", "/a~1b~0", "type", null)]
    [InlineData("""{"properties":{"a":{"required":["b"]}}}""", """{"a":{}}""", "/a", "required", "The field 'b' is missing.")]
    [InlineData("""{"properties":{"a":false}}""", """{"a":1}""", "/a", "false", "No value is allowed here.")]
    [InlineData("""{"additionalProperties":false}""", """{"a":1}""", "/a", "additionalProperties",
        "The field 'a' is unknown; no field is allowed here.")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"a":1}""", "/a", "type", null)]
    [InlineData("""{"items":{"type":"string"}}""", """["a",1]""", "/1", "type", null)]
    [InlineData("""{"items":false}""", "[1]", "/0", "false", null)]
    [InlineData("""{"minItems":1}""", "[]", "", "minItems", "The array must have at least 1 item, but has 0.")]
    [InlineData("""{"maxItems":2}""", "[1,2,3]", "", "maxItems", "The array must have at most 2 items, but has 3.")]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1,"b":2},3,{"b":2.0,"a":1}]""", "/2", "uniqueItems",
        "The item {\"b\":2.0,\"a\":1} repeats item 0; all must differ.")]
    [InlineData("""{"uniqueItems":true}""", """["a","\u0061"]""", "/1", "uniqueItems", null)]
    [InlineData("""{"enum":["slurm","sge"]}""", "\"pbs\"", "", "enum", "The value must be \"slurm\" or \"sge\", but is the string \"pbs\".")]
    [InlineData("""{"const":1}""", "true", "", "const", "The value must be 1, but is true.")]
    [InlineData("""{"const":0}""", "false", "", "const", null)]
    [InlineData("""{"const":"a"}""", "\"A\"", "", "const", null)]
    [InlineData("""{"minimum":1}""", "0", "", "minimum", "The number must be at least 1, but is 0.")]
    [InlineData("""{"minimum":-1e2}""", "-101", "", "minimum", null)]
    [InlineData("""{"minimum":0}""", "-1e-999999999", "", "minimum", null)]
    [InlineData("""{"exclusiveMinimum":0}""", "0.0", "", "exclusiveMinimum", "The number must be greater than 0, but is 0.0.")]
    [InlineData("""{"maximum":9007199254740992}""", "9007199254740993", "", "maximum", null)]
    [InlineData("""{"maximum":1e400}""", "1e401", "", "maximum", null)]
    [InlineData("""{"exclusiveMaximum":1}""", "1.0", "", "exclusiveMaximum", "The number must be less than 1, but is 1.0.")]
    [InlineData("""{"minLength":3}""", "\"\U0001F600\U0001F600\"", "", "minLength", "The string must have at least 3 characters, but has 2.")]
    [InlineData("""{"maxLength":1}""", "\"ab\"", "", "maxLength", "The string must have at most 1 character, but has 2.")]
    [InlineData("""{"pattern":"^[a-z]+$"}""", "\"abc\\n\"", "", "pattern",
        "The string must match the pattern ^[a-z]+$, but is \"abc\\n\".")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"minimum":3}]}""", "3", "", "oneOf",
        "The value fits 2 of the 2 allowed forms; it must fit exactly one.")]
    [InlineData("""{"$ref":"#/$defs/a","maximum":3,"$defs":{"a":{"type":"integer"}}}""", "4", "", "maximum", null)]
    [InlineData("false", "1", "", "false", null)]
    public void A_bad_value_is_reported_once_and_in_its_place(string schema, string value, string place, string keyword, string? message)
    {
        var problem = Assert.Single(Schemas.Validate(schema, value));
        Assert.Equal(place, problem.JsonPointer);
        Assert.Equal(keyword, problem.Keyword);
        if (message is not null) Assert.Equal(message, problem.Message);
    }

    [Fact]
    public void All_problems_are_reported_in_the_order_of_the_document_and_what_is_missing_last()
    {
        const string Schema = """
            {"type":"object","properties":{"run_id":{"type":"string"},"total_tasks":{"type":"integer","minimum":1},
             "resources":{"type":"object","properties":{"mem_mb":{"type":"integer"}},"additionalProperties":false}},
             "required":["run_id","total_tasks"],"additionalProperties":false}
            """;
        var problems = Schemas.Validate(Schema, """{"total_tasks":0,"resources":{"mem_mb":"8G","memmb":1},"extra":{}}""");
        Assert.Equal(
            ["/total_tasks minimum", "/resources/mem_mb type", "/resources/memmb additionalProperties", "/extra additionalProperties", " required"],
            problems.Select(p => $"{p.JsonPointer} {p.Keyword}"));
    }

    [Fact]
    public void A_value_of_the_wrong_type_gives_no_further_problems() =>
        Assert.Equal("type", Assert.Single(Schemas.Validate("""{"type":"string","enum":["a"],"minimum":9}""", "1")).Keyword);

    [Fact]
    public void A_string_that_breaks_several_rules_gives_them_all() =>
        Assert.Equal(
            ["minLength", "pattern", "enum"],
            Schemas.Validate("""{"minLength":3,"pattern":"^b","enum":["bcd"]}""", "\"a\"").Select(p => p.Keyword));

    [Fact]
    public void A_pattern_that_takes_too_long_is_a_problem_and_not_a_hang()
    {
        var problem = Assert.Single(Schemas.Validate("""{"pattern":"^(a+)+$"}""", $"\"{new string('a', 60)}!\""));
        Assert.Contains("too complex", problem.Message);
    }

    [Fact]
    public void A_long_value_is_quoted_in_part_and_never_within_a_character()
    {
        var problem = Assert.Single(Schemas.Validate("""{"type":"null"}""", $"\"{new string('x', 58)}\U0001F600{new string('y', 500)}\""));
        Assert.Equal($"The value must be null, but is the string \"{new string('x', 58)}....", problem.Message);
    }

    [Fact]
    public void A_long_list_of_allowed_values_is_cut()
    {
        var allowed = string.Join(",", Enumerable.Range(0, 30));
        Assert.Contains("18, 19 or one of 10 more", Assert.Single(Schemas.Validate($$"""{"enum":[{{allowed}}]}""", "99")).Message);
    }

    [Fact]
    public void No_value_at_all_is_a_fault_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => HpcAgent.Engine.Operations.Schemas.SchemaValidator.Validate(Schemas.Load("{}"), default));
}
