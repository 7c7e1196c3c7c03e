using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Finds what System.Text.Json lets pass: a name that an object has twice, and escapes that are half of a Unicode pair.</summary>
internal static class JsonNames
{
    internal static void Check(ReadOnlySpan<byte> utf8, string sourceName)
    {
        var reader = new Utf8JsonReader(utf8);
        var open = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    open.Push(new HashSet<string>(StringComparer.Ordinal));
                    break;
                case JsonTokenType.EndObject:
                    open.Pop();
                    break;
                case JsonTokenType.PropertyName:
                    var name = Text(ref reader, utf8, sourceName);
                    if (!open.Peek().Add(name)) throw Twice(name, utf8, reader.TokenStartIndex, sourceName);
                    break;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    Text(ref reader, utf8, sourceName);
                    break;
            }
        }
    }

    private static string Text(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, string sourceName)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw SpecReader.Fault(
                sourceName,
                TextPosition.At(utf8, reader.TokenStartIndex),
                "The string has an escape \\uD800 to \\uDFFF without its other half, which is no character.",
                "Write both halves of the pair, or the character itself.",
                e);
        }
    }

    private static HpcException Twice(string name, ReadOnlySpan<byte> utf8, long offset, string sourceName) => SpecReader.Fault(
        sourceName,
        TextPosition.At(utf8, offset),
        $"The field '{name}' is given twice in the same object.",
        "Keep one of the two; which one would count differs from program to program.");
}
