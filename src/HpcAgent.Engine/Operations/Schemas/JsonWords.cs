using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Words for JSON things in messages.</summary>
internal static class JsonWords
{
    private const int LongestQuote = 60;
    private const int MostListed = 20;

    /// <summary>What a value is, with the value itself where it is short.</summary>
    internal static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "the string " + Quote(value),
        JsonValueKind.Number => "the number " + Quote(value),
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => Quote(value),
    };

    internal static string Quote(JsonElement value)
    {
        var raw = value.GetRawText();
        if (raw.Length <= LongestQuote) return raw;
        var end = char.IsHighSurrogate(raw[LongestQuote - 1]) ? LongestQuote - 1 : LongestQuote;
        return string.Concat(raw.AsSpan(0, end), "...");
    }

    internal static string WithArticle(string type) => type switch
    {
        "null" => "null",
        "object" or "array" or "integer" => "an " + type,
        _ => "a " + type,
    };

    /// <summary>"a", "a or b", "a, b or c"; a long list is cut and says so.</summary>
    internal static string List(IEnumerable<string> words)
    {
        var all = words.ToList();
        if (all.Count > MostListed) return $"{string.Join(", ", all.Take(MostListed))} or one of {Number(all.Count - MostListed)} more";
        return all.Count < 2 ? string.Concat(all) : $"{string.Join(", ", all.SkipLast(1))} or {all[^1]}";
    }

    /// <summary>"1 item", "2 items".</summary>
    internal static string Count(long count, string noun) => $"{Number(count)} {noun}{(count == 1 ? "" : "s")}";

    private static string Number(long count) => count.ToString(CultureInfo.InvariantCulture);
}
