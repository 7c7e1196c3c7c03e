using System.Text.Json;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Capabilities;
using HpcAgent.Engine.Operations.Preflight;
using HpcAgent.Engine.Operations.Prior;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations;

/// <summary>An empty request skips the schema where nothing is required; it must give what the long way gives.</summary>
public class EmptyRequestTests
{
    [Fact]
    public void An_empty_request_for_capabilities_is_what_its_json_says()
    {
        using JsonDocument empty = JsonDocument.Parse("{}");
        Assert.Empty(SchemaValidator.Validate(SchemaStore.Load("capabilities"), empty.RootElement));
        Assert.Equal(empty.RootElement.Deserialize(RequestJson.Default.CapabilitiesRequest), new CapabilitiesOperation().Read(empty.RootElement));
    }

    [Fact]
    public void An_empty_request_for_list_in_flight_is_what_its_json_says()
    {
        using JsonDocument empty = JsonDocument.Parse("{}");
        Assert.Empty(SchemaValidator.Validate(SchemaStore.Load("list-in-flight"), empty.RootElement));
        Assert.Equal(empty.RootElement.Deserialize(RequestJson.Default.ListInFlightRequest), new ListInFlightOperation().Read(empty.RootElement));
    }

    [Fact]
    public void An_empty_request_for_preflight_is_what_its_json_says()
    {
        using JsonDocument empty = JsonDocument.Parse("{}");
        Assert.Empty(SchemaValidator.Validate(SchemaStore.Load("preflight"), empty.RootElement));
        Assert.Equal(empty.RootElement.Deserialize(RequestJson.Default.PreflightRequest), new PreflightOperation().Read(empty.RootElement));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"unknown\": 1}")]
    public void What_is_not_an_empty_object_is_still_checked(string json)
    {
        using JsonDocument input = JsonDocument.Parse(json);
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => new CapabilitiesOperation().Read(input.RootElement)).Code);
    }
}
