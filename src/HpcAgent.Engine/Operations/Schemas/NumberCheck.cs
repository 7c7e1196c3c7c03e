using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keywords <c>minimum</c>, <c>exclusiveMinimum</c>, <c>maximum</c> and <c>exclusiveMaximum</c>, compared exactly.</summary>
internal sealed class NumberCheck(IReadOnlyList<NumberCheck.Bound> bounds) : ISchemaCheck
{
    internal static NumberCheck? Read(KeywordReader schema)
    {
        var bounds = new List<Bound>();
        Add("minimum", "at least", order => order >= 0);
        Add("exclusiveMinimum", "greater than", order => order > 0);
        Add("maximum", "at most", order => order <= 0);
        Add("exclusiveMaximum", "less than", order => order < 0);
        return bounds.Count == 0 ? null : new NumberCheck(bounds);

        void Add(string keyword, string words, Func<int, bool> holds)
        {
            if (schema.Number(keyword) is { } text) bounds.Add(new Bound(keyword, words, text, DecimalText.Parse(text), holds));
        }
    }

    public void Check(JsonElement value, ProblemLog log)
    {
        if (value.ValueKind is not JsonValueKind.Number) return;
        var number = DecimalText.Parse(value.GetRawText());
        foreach (var bound in bounds)
        {
            if (!bound.Holds(number.CompareTo(bound.Limit)))
                log.Add(bound.Keyword, $"The number must be {bound.Words} {bound.Text}, but is {JsonWords.Quote(value)}.");
        }
    }

    internal sealed record Bound(string Keyword, string Words, string Text, DecimalText Limit, Func<int, bool> Holds);
}
