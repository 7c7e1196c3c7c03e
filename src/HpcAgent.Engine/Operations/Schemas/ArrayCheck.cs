using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keywords <c>items</c>, <c>minItems</c>, <c>maxItems</c> and <c>uniqueItems</c>.</summary>
internal sealed class ArrayCheck(SchemaNode? items, long? least, long? most, bool unique) : ISchemaCheck
{
    internal static ArrayCheck? Read(KeywordReader schema)
    {
        var items = schema.Schema("items");
        var least = schema.Count("minItems");
        var most = schema.Count("maxItems");
        var unique = schema.Flag("uniqueItems");
        return items is null && least is null && most is null && unique is null ? null : new ArrayCheck(items, least, most, unique ?? false);
    }

    public void Check(JsonElement value, ProblemLog log)
    {
        if (value.ValueKind is not JsonValueKind.Array) return;
        var length = value.GetArrayLength();
        if (length < least) log.Add("minItems", $"The array must have at least {JsonWords.Count(least.Value, "item")}, but has {length}.");
        if (length > most) log.Add("maxItems", $"The array must have at most {JsonWords.Count(most.Value, "item")}, but has {length}.");
        var seen = unique ? new Dictionary<string, int>(StringComparer.Ordinal) : null;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            log.Enter(index);
            items?.Check(item, log);
            if (seen is not null) CheckUnique(item, index, seen, log);
            log.Leave();
            index++;
        }
    }

    private static void CheckUnique(JsonElement item, int index, Dictionary<string, int> seen, ProblemLog log)
    {
        var key = CanonicalJson.Of(item);
        if (seen.TryGetValue(key, out var first)) log.Add("uniqueItems", $"The item {JsonWords.Quote(item)} repeats item {first}; all must differ.");
        else seen.Add(key, index);
    }
}
