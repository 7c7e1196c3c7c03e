using System.Reflection;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaDriftTests
{
    private static readonly Assembly Engine = typeof(SchemaStore).Assembly;
    private static readonly Assembly Here = typeof(SchemaDriftTests).Assembly;

    [Fact]
    public void Shipped_schemas_are_those_that_the_request_records_give() =>
        Check(Engine, RepositoryFolder.Find("src", "HpcAgent.Engine", "Operations", "Schemas"));

    [Fact]
    public void The_sample_schema_is_the_one_that_the_sample_record_gives() =>
        Check(Here, RepositoryFolder.Find("tests", "HpcAgent.Engine.Tests", "Operations", "Schemas"));

    [Fact]
    public void Every_shipped_schema_can_be_loaded_and_names_itself()
    {
        foreach (var name in SchemaStore.Names)
        {
            var schema = SchemaStore.Load(name);
            Assert.Equal($"urn:hpc-agent:schema:{name}.input", schema.Id);
            Assert.NotNull(schema.Title);
            Assert.NotNull(schema.Description);
        }
    }

    [Fact]
    public void An_update_writes_what_the_comparison_wants()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            SchemaDrift.Update(Here, folder.FullName);
            var file = Assert.Single(folder.GetFiles());
            Assert.Equal("sample.input.json", file.Name);
            Assert.Equal(SchemaGenerator.Generate(typeof(SampleRequest)), File.ReadAllText(file.FullName));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Check(Assembly assembly, string folder)
    {
        if (SchemaDrift.IsUpdate) SchemaDrift.Update(assembly, folder);
        else Assert.Empty(SchemaDrift.Find(assembly));
    }
}
