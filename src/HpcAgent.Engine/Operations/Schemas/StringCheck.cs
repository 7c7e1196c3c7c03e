using System.Text.Json;
using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The keywords <c>minLength</c>, <c>maxLength</c> (in Unicode code points) and <c>pattern</c>.</summary>
internal sealed class StringCheck(long? least, long? most, string? pattern, Regex? regex) : ISchemaCheck
{
    internal static StringCheck? Read(KeywordReader schema)
    {
        var least = schema.Count("minLength");
        var most = schema.Count("maxLength");
        var pattern = schema.Text("pattern");
        if (least is null && most is null && pattern is null) return null;
        try
        {
            return new StringCheck(least, most, pattern, pattern is null ? null : EcmaPattern.Compile(pattern));
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw schema.Fault("pattern", $"is not a regular expression that can be checked: {e.Message}");
        }
    }

    public void Check(JsonElement value, ProblemLog log)
    {
        if (value.ValueKind is not JsonValueKind.String) return;
        var text = value.GetString()!;
        var length = Length(text);
        if (length < least) log.Add("minLength", $"The string must have at least {JsonWords.Count(least.Value, "character")}, but has {length}.");
        if (length > most) log.Add("maxLength", $"The string must have at most {JsonWords.Count(most.Value, "character")}, but has {length}.");
        if (regex is not null) CheckPattern(regex, value, text, log);
    }

    private void CheckPattern(Regex expression, JsonElement value, string text, ProblemLog log)
    {
        try
        {
            if (!expression.IsMatch(text)) log.Add("pattern", $"The string must match the pattern {pattern}, but is {JsonWords.Quote(value)}.");
        }
        catch (RegexMatchTimeoutException)
        {
            log.Add("pattern", $"The string is too complex to be checked against the pattern {pattern} in time.");
        }
    }

    private static int Length(string text)
    {
        var length = 0;
        foreach (var _ in text.EnumerateRunes()) length++;
        return length;
    }
}
