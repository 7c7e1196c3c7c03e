using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaGeneratorTests
{
    [Theory]
    [InlineData("plain", """{"type":"string"}""")]
    [InlineData("nullable", """{"type":["string","null"]}""")]
    [InlineData("never_null", """{"type":"integer"}""")]
    [InlineData("never_null_enum", """{"type":"string","enum":["dark_red","blue"]}""")]
    [InlineData("either", """{"type":["string","number"]}""")]
    [InlineData("either_or_null", """{"type":["string","number","null"]}""")]
    [InlineData("any", "true")]
    [InlineData("described_any", """{"description":"Any."}""")]
    [InlineData("own_pattern", """{"type":"string","pattern":"^[a-z]+$"}""")]
    [InlineData("loose_pattern", """{"type":"string","pattern":"^(?:a|b)$"}""")]
    [InlineData("half_pattern", """{"type":"string","pattern":"^(?:^a|b$)$"}""")]
    [InlineData("escaped_end", """{"type":"string","pattern":"^(?:^a\\$)$"}""")]
    [InlineData("open_below", """{"type":"integer","maximum":9}""")]
    [InlineData("share", """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""")]
    [InlineData("counts", """{"type":"array","items":{"type":"integer","minimum":1}}""")]
    [InlineData("ways", """{"type":"array","items":{"type":"string","enum":["a","b"]}}""")]
    [InlineData("named", """{"type":"string","minLength":1,"maxLength":3}""")]
    [InlineData("few", """{"type":"array","minItems":1,"maxItems":3,"items":{"type":"string"}}""")]
    [InlineData("limit", """{"type":"string"}""")]
    public void A_property_becomes_its_schema(string property, string expected)
    {
        var schema = JsonNode.Parse(SchemaGenerator.Generate(typeof(Everything), "every-thing"))!["properties"]![property];
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), schema), schema?.ToJsonString());
    }

    [Fact]
    public void A_record_without_name_is_an_error() =>
        Assert.Contains("[InputSchema]", Assert.Throws<InvalidOperationException>(() => SchemaGenerator.Generate(typeof(Everything))).Message);

    [Fact]
    public void The_head_says_what_it_is()
    {
        var schema = JsonNode.Parse(SchemaGenerator.Generate(typeof(Everything), "every-thing"))!.AsObject();
        Assert.Equal(
            ["$schema", "$id", "title", "description", "type", "properties", "additionalProperties"],
            schema.Select(k => k.Key));
        Assert.Equal("urn:hpc-agent:schema:every-thing.input", (string?)schema["$id"]);
        Assert.Equal("every-thing input", (string?)schema["title"]);
        Assert.Equal("All kinds.", (string?)schema["description"]);
        Assert.False((bool?)schema["additionalProperties"]);
    }

    [Fact]
    public void The_text_is_the_same_everywhere()
    {
        var text = SchemaGenerator.Generate(typeof(SampleRequest));
        Assert.DoesNotContain('\r', text);
        Assert.EndsWith("\n}\n", text);
        Assert.Equal(text, SchemaGenerator.Generate(typeof(SampleRequest)));
    }

    [Theory]
    [InlineData(typeof(WithoutDescription), "[Description]")]
    [InlineData(typeof(WithEmail), "EmailAddressAttribute")]
    [InlineData(typeof(WithRangeOnText), "integer or number only")]
    [InlineData(typeof(WithPatternOnNumber), "string only")]
    [InlineData(typeof(WithTypeOnText), "[JsonSchemaType]")]
    [InlineData(typeof(WithLengthOnMap), "texts and lists")]
    public void What_a_schema_cannot_say_is_an_error(Type request, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => SchemaGenerator.Generate(request, "x")).Message);

    [Fact]
    public void An_enum_with_the_snake_case_converter_reads_and_writes_names_only()
    {
        Assert.Equal("\"two_words\"", JsonSerializer.Serialize(Marked.TwoWords));
        Assert.Equal(Marked.TwoWords, JsonSerializer.Deserialize<Marked>("\"two_words\""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Marked>("1"));
    }

    [System.Text.Json.Serialization.JsonConverter(typeof(SnakeCaseEnumConverter<Marked>))]
    internal enum Marked
    {
        One,
        TwoWords,
    }

    // None of these has [InputSchema]: the drift test takes every type of the assembly that has one.
    [Description("All kinds.")]
    private sealed record Everything
    {
        public string Plain { get; init; } = "";

        public string? Nullable { get; init; }

        [DisallowNull]
        public int? NeverNull { get; init; }

        [DisallowNull]
        public SampleColour? NeverNullEnum { get; init; }

        [JsonSchemaType("string", "number")]
        public JsonElement Either { get; init; }

        [JsonSchemaType("string", "number")]
        public JsonElement? EitherOrNull { get; init; }

        public JsonElement? Any { get; init; }

        [Description("Any.")]
        public object? DescribedAny { get; init; }

        [RegularExpression("^[a-z]+$")]
        public string OwnPattern { get; init; } = "";

        [RegularExpression("a|b")]
        public string LoosePattern { get; init; } = "";

        [RegularExpression("^a|b$")]
        public string HalfPattern { get; init; } = "";

        [RegularExpression(@"^a\$")]
        public string EscapedEnd { get; init; } = "";

        [Range(int.MinValue, 9)]
        public int OpenBelow { get; init; }

        [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
        public double Share { get; init; }

        [Range(1, int.MaxValue)]
        public IReadOnlyList<int> Counts { get; init; } = [];

        [AllowedValues("a", "b")]
        public IReadOnlyList<string> Ways { get; init; } = [];

        [MinLength(1), MaxLength(3)]
        public string Named { get; init; } = "";

        [MinLength(1), MaxLength(3)]
        public IReadOnlyList<string> Few { get; init; } = [];

        public string Limit { get; init; } = "unbounded";
    }

    private sealed record WithoutDescription;

    [Description("x")]
    private sealed record WithEmail([property: EmailAddress] string Mail);

    [Description("x")]
    private sealed record WithRangeOnText([property: Range(1, 2)] string Text);

    [Description("x")]
    private sealed record WithPatternOnNumber([property: RegularExpression("a")] int Number);

    [Description("x")]
    private sealed record WithTypeOnText([property: JsonSchemaType("string")] string Text);

    [Description("x")]
    private sealed record WithLengthOnMap([property: MinLength(1)] IReadOnlyDictionary<string, string> Map);
}
