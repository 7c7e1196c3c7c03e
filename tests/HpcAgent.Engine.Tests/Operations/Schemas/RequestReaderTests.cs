using System.Text;
using System.Text.Json.Serialization.Metadata;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class RequestReaderTests
{
    private const string Least = """ "ssh_target":"me@there","total_tasks":3 """;

    [Fact]
    public void A_full_request_becomes_its_record()
    {
        var request = Read("""
            {"ssh_target":"me@there","total_tasks":3,"backend":"sge","runtime":null,"campaign_id":"c","canary":false,"fraction":0.5,
             "colour":"dark_red","second_colour":null,"walltime":"0:30:00","features":{"x":[1]},"anything":[1,"a",null],
             "pass_env_keys":["PATH"],"tags":["a","b"],"job_env":{"A":"1"},"parameters":{"p":[1]},"resources":{"cpus":2},
             "alternatives":[{"cpus":1,"mem_mb":5,"gpu":null}],"tree":{"name":"r","children":[{"name":"c","children":null}]},
             "not_before":"2026-11-21T05:00:00Z"}
            """);
        Assert.Equal((3L, "sge", null, false), (request.TotalTasks, request.Backend, request.Runtime, request.Canary));
        Assert.Equal((SampleColour.DarkRed, null), (request.Colour, request.SecondColour));
        Assert.Equal("0:30:00", request.Walltime.GetString());
        Assert.Equal(new SampleResources(2), request.Resources);
        Assert.Equal("c", request.Tree!.Children![0].Name);
        Assert.True(request.Tags!.SetEquals(["b", "a"]));
    }

    [Fact]
    public void What_is_absent_has_the_default_of_the_record()
    {
        var request = Read($"{{{Least}}}");
        Assert.Equal(("slurm", true, null), (request.Backend, request.Canary, request.Resources));
    }

    [Theory]
    [InlineData("\"backend\":null", "/backend")]
    [InlineData("\"campaign_id\":null", "/campaign_id")]
    [InlineData("\"campaign_id\":\"too long a name\"", "/campaign_id")]
    [InlineData("\"canary\":\"true\"", "/canary")]
    [InlineData("\"colour\":1", "/colour")]
    [InlineData("\"colour\":\"DarkRed\"", "/colour")]
    [InlineData("\"fraction\":0", "/fraction")]
    [InlineData("\"walltime\":null", "/walltime")]
    [InlineData("\"walltime\":true", "/walltime")]
    [InlineData("\"features\":[]", "/features")]
    [InlineData("\"pass_env_keys\":[]", "/pass_env_keys")]
    [InlineData("\"pass_env_keys\":[\"PATH\",\"path\"]", "/pass_env_keys/1")]
    [InlineData("\"pass_env_keys\":[null]", "/pass_env_keys/0")]
    [InlineData("\"tags\":[\"a\",\"a\"]", "/tags/1")]
    [InlineData("\"job_env\":{\"A\":\"1,2\"}", "/job_env/A")]
    [InlineData("\"job_env\":{\"A\":1}", "/job_env/A")]
    [InlineData("\"resources\":{}", "/resources")]
    [InlineData("\"resources\":{\"cpus\":0}", "/resources/cpus")]
    [InlineData("\"resources\":{\"cpus\":1,\"memMb\":1}", "/resources/memMb")]
    [InlineData("\"tree\":{\"name\":\"r\",\"children\":[{\"name\":\"c\",\"children\":[{}]}]}", "/tree/children/0/children/0")]
    [InlineData("\"Canary\":true", "/Canary")]
    public void What_the_record_does_not_hold_is_refused(string field, string place)
    {
        var error = Schemas.Refused(() => Read($"{{{Least},{field}}}"), ErrorCode.SpecInvalid);
        Assert.Matches($@"^request\.json:1:\d+: {place}: ", error.Message + " ");
        Assert.Contains("urn:hpc-agent:schema:sample.input", error.Remediation);
    }

    [Theory]
    [InlineData("{\"ssh_target\":\"me@there\",\"total_tasks\":99999999999999999999}", "$.total_tasks")]
    [InlineData("{\"ssh_target\":\"me@there\",\"total_tasks\":1.0}", "$.total_tasks")]
    [InlineData("{\"ssh_target\":\"me@there\",\"total_tasks\":1,\"not_before\":\"tomorrow\"}", "$.not_before")]
    public void What_the_schema_cannot_say_is_refused_by_the_record(string text, string path)
    {
        var error = Schemas.Refused(() => Read(text), ErrorCode.SpecInvalid);
        Assert.StartsWith($"request.json: the value at {path} cannot be held", error.Message);
    }

    [Fact]
    public void Text_that_is_no_json_has_its_own_error() =>
        Assert.StartsWith("request.json:1:2: ", Schemas.Refused(() => Read("{x}"), ErrorCode.SpecInvalid).Message);

    private static SampleRequest Read(string text)
    {
        var schema = Schemas.Load(SchemaGenerator.Generate(typeof(SampleRequest)));
        var type = (JsonTypeInfo<SampleRequest>)SchemaGenerator.Options.GetTypeInfo(typeof(SampleRequest));
        return RequestReader.Read(Encoding.UTF8.GetBytes(text), "request.json", schema, type);
    }
}
