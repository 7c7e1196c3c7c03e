using System.Text.Json;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>Turns the reader's syntax errors into a place, a sentence and advice.</summary>
internal static class JsonSyntax
{
    internal static TextPosition PositionOf(JsonException error, ReadOnlySpan<byte> utf8) =>
        TextPosition.Of(utf8, error.LineNumber ?? 0, error.BytePositionInLine ?? 0);

    internal static (string What, string Advice) Explain(JsonException error, ReadOnlySpan<byte> utf8)
    {
        if (utf8.Trim(" \t\r\n"u8).IsEmpty) return ("The text is empty.", "Give one JSON object.");
        var message = error.Message;
        if (message.Contains("trailing comma", StringComparison.Ordinal))
            return ("There is a comma after the last element.", "Remove the comma: JSON has none there.");
        if (message.Contains("depth", StringComparison.Ordinal)) return ("The JSON is nested too deeply.", "Nest at most 64 levels.");
        return ("This is not JSON: " + WithoutPosition(message), Advice(ByteAt(error, utf8)));
    }

    private static string Advice(byte? at) => (char?)at switch
    {
        '\'' => "Put names and strings in double quotes.",
        '/' or '#' => "Remove comments: JSON has none.",
        'T' or 'F' or 'N' or 'I' => "Write true, false and null in lower case; NaN and infinity have no JSON form.",
        null => "The text ends too early; close what is open.",
        _ => "Correct the JSON at the place given.",
    };

    private static byte? ByteAt(JsonException error, ReadOnlySpan<byte> utf8)
    {
        var rest = utf8;
        for (var i = 0L; i < (error.LineNumber ?? 0); i++) rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        var index = (int)Math.Min(error.BytePositionInLine ?? 0, rest.Length);
        return index < rest.Length ? rest[index] : null;
    }

    private static string WithoutPosition(string message)
    {
        var cut = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return cut < 0 ? message : message[..cut];
    }
}
