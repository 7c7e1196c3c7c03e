using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Tests.Operations.Schemas;

public sealed class SchemaPropertyTests
{
    [Fact]
    public void Documents_made_from_a_schema_are_valid() => ForAll(sample => Problems(sample.Schema, sample.Document).Count == 0);

    [Fact]
    public void A_document_without_a_required_field_is_not() => ForAll(sample =>
    {
        sample.Document.Remove("f0");
        return Problems(sample.Schema, sample.Document) is [{ Keyword: "required", JsonPointer: "" }];
    });

    [Fact]
    public void A_document_with_an_unknown_field_is_not() => ForAll(sample =>
    {
        sample.Document["f0x"] = 1;
        return Problems(sample.Schema, sample.Document) is [{ Keyword: "additionalProperties", JsonPointer: "/f0x" }];
    });

    // No random schema admits such an object anywhere: its only field is unknown everywhere.
    [Fact]
    public void A_value_of_a_wrong_kind_is_found_at_any_depth_and_named_by_its_place() => ForAll(sample =>
    {
        var places = Places(sample.Document, "").ToList();
        var (owner, key, pointer) = places[sample.Random.Next(places.Count)];
        var wrong = new JsonObject { ["no such field"] = new JsonObject() };
        if (owner is JsonArray array) array[int.Parse(key, System.Globalization.CultureInfo.InvariantCulture)] = wrong;
        else owner[key] = wrong;
        var problems = Problems(sample.Schema, sample.Document);
        return problems.Count > 0 && problems.All(p => IsAround(p.JsonPointer, pointer));
    });

    private static void ForAll(Func<(JsonObject Schema, JsonObject Document, Random Random), bool> holds) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var maker = new RandomSchema(random);
            var schema = maker.Root();
            return holds((schema, maker.Document(schema, schema)!.AsObject(), random));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static IReadOnlyList<SchemaProblem> Problems(JsonObject schema, JsonObject document)
    {
        using var value = JsonDocument.Parse(document.ToJsonString());
        return SchemaValidator.Validate(Schemas.Load(schema.ToJsonString()), value.RootElement);
    }

    // A choice between forms may report the wrong value at the choice or at a part of the value.
    private static bool IsAround(string reported, string pointer) =>
        pointer.StartsWith(reported, StringComparison.Ordinal) || reported.StartsWith(pointer + "/", StringComparison.Ordinal);

    private static IEnumerable<(JsonNode Owner, string Key, string Pointer)> Places(JsonNode? node, string pointer)
    {
        var parts = node switch
        {
            JsonObject fields => fields.Select(f => (f.Key, f.Value)),
            JsonArray items => items.Select((item, index) => ($"{index}", item)),
            _ => [],
        };
        foreach (var (key, value) in parts.ToList())
        {
            yield return (node!, key, $"{pointer}/{key}");
            foreach (var deeper in Places(value, $"{pointer}/{key}")) yield return deeper;
        }
    }
}
