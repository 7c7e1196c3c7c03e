using System.Text;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class ProblemReportTests
{
    private const string Schema = """
        {"properties":{"run_id":{"type":"string"},"list":{"items":{"type":"integer"}},"resources":{"required":["cpus"]}},
         "required":["run_id"],"additionalProperties":false}
        """;

    [Fact]
    public void One_problem_is_one_sentence_with_its_place()
    {
        var error = Report("{\n  \"run_id\":\n   7\n}");
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Equal("spec.json:3:4: /run_id: The value must be a string, but is the number 7.", error.Message);
    }

    [Fact]
    public void Several_problems_are_listed_each_with_its_place()
    {
        var error = Report("\uFEFF{\"\u00e9\": 1,\n \"list\": [[1], 2, \"x\"],\n \"resources\": {}}");
        Assert.Equal(
            """
            spec.json has 5 problems:
              spec.json:1:2: /é: The field 'é' is unknown; known here: run_id, list or resources.
              spec.json:2:11: /list/0: The value must be an integer, but is an array.
              spec.json:2:19: /list/2: The value must be an integer, but is the string "x".
              spec.json:3:15: /resources: The field 'cpus' is missing.
              spec.json:1:1: The field 'run_id' is missing.
            """.ReplaceLineEndings("\n"),
            error.Message);
    }

    [Fact]
    public void Without_the_text_the_pointer_is_the_place()
    {
        var problems = Schemas.Validate(Schema, """{"run_id":7}""");
        Assert.Equal(
            "standard input: /run_id: The value must be a string, but is the number 7.",
            SchemaValidator.ToException(problems, "standard input").Message);
    }

    [Fact]
    public void Beyond_twenty_problems_the_rest_is_counted()
    {
        var error = Report($"{{\"run_id\":\"a\",\"list\":[{string.Join(",", Enumerable.Repeat("null", 25))}]}}");
        Assert.StartsWith("spec.json has 25 problems:\n", error.Message);
        Assert.EndsWith("\n  and 5 more", error.Message);
        Assert.Equal(22, error.Message.Split('\n').Length);
    }

    [Fact]
    public void The_advice_names_the_schema() =>
        Assert.Contains("urn:x", SchemaValidator.ToException(Schemas.Validate(Schema, "{}"), "x", default, "urn:x").Remediation);

    [Fact]
    public void No_problem_makes_no_error() => Assert.Throws<ArgumentException>(() => SchemaValidator.ToException([], "x"));

    [Fact]
    public void Every_value_of_a_document_is_found()
    {
        const string Text = """{"a": [1, {"b~/": {}}, []], "": null}""";
        var places = JsonPlaces.Find(Encoding.UTF8.GetBytes(Text)).ToDictionary(p => p.Key, p => (Text[(int)p.Value.Name], Text[(int)p.Value.Value]));
        Assert.Equal(
            new Dictionary<string, (char Name, char Value)>
            {
                [""] = ('{', '{'),
                ["/a"] = ('"', '['),
                ["/a/0"] = ('1', '1'),
                ["/a/1"] = ('{', '{'),
                ["/a/1/b~0~1"] = ('"', '{'),
                ["/a/2"] = ('[', '['),
                ["/"] = ('"', 'n'),
            },
            places);
    }

    private static HpcException Report(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        using var document = SpecReader.Parse(bytes, "spec.json");
        return SchemaValidator.ToException(SchemaValidator.Validate(Schemas.Load(Schema), document.RootElement), "spec.json", bytes);
    }
}
