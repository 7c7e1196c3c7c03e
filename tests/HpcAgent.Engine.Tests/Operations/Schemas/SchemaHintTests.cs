using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaHintTests
{
    private const string Schema = """
        {"properties":{"total_tasks":{},"cluster":{},"clusters":{},"mem_mb":{},"run_id":{}},"additionalProperties":false}
        """;

    [Theory]
    [InlineData("total_task", "total_tasks")]
    [InlineData("totalTasks", "total_tasks")]
    [InlineData("Total-Tasks", "total_tasks")]
    [InlineData("toatl_tasks", "total_tasks")]
    [InlineData("run-id", "run_id")]
    [InlineData("runid", "run_id")]
    [InlineData("mem", null)]
    [InlineData("", null)]
    [InlineData("walltime", null)]
    public void The_nearest_known_name_is_proposed(string given, string? nearest)
    {
        var problem = Assert.Single(Schemas.Validate(Schema, $$"""{"{{given}}":1}"""));
        Assert.Equal(nearest, problem.Suggestion);
        if (nearest is not null) Assert.Equal($"The field '{given}' is unknown; did you mean '{nearest}'?", problem.Message);
        else Assert.Equal($"The field '{given}' is unknown; known here: total_tasks, cluster, clusters, mem_mb or run_id.", problem.Message);
    }

    [Theory]
    [InlineData("""{"clustr":1,"cluster":1}""", "clusters")]
    [InlineData("""{"clustr":1,"cluster":1,"clusters":1}""", "cluster")]
    public void A_name_that_is_not_given_yet_goes_before_one_that_is(string value, string nearest) =>
        Assert.Equal(nearest, Assert.Single(Schemas.Validate(Schema, value)).Suggestion);

    [Fact]
    public void An_allowed_value_is_proposed_too() =>
        Assert.Equal("slurm", Assert.Single(Schemas.Validate("""{"enum":["slurm","sge",3]}""", "\"Slrum\"")).Suggestion);

    [Fact]
    public void A_name_of_any_length_costs_little() =>
        Assert.Null(PropertyHint.Nearest(new string('a', 10_000_000), [new string('a', 50)]));
}
