using System.Text.Json;
using System.Text.Unicode;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>
/// Reads the JSON that people and programs hand in, strictly: UTF-8 (a byte order mark is allowed), no comments, no trailing commas,
/// no name twice in one object, no half of a Unicode pair. Every error has its line and column.
/// </summary>
public static class SpecReader
{
    /// <summary>The byte order mark that some editors put before UTF-8 text.</summary>
    internal static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a JSON text. The document refers to the memory given, which must not change while it is used.</summary>
    /// <param name="utf8">The text; nesting may be 64 deep.</param>
    /// <param name="sourceName">Where it comes from, as the user knows it: a file's path, "standard input".</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>; the message starts with source:line:column, both from 1.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, string sourceName)
    {
        RefuseOtherEncodings(utf8.Span, sourceName);
        var text = utf8.Span.StartsWith(Utf8Mark) ? utf8[Utf8Mark.Length..] : utf8;
        try
        {
            JsonNames.Check(text.Span, sourceName);
            return JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            var (what, advice) = JsonSyntax.Explain(e, text.Span);
            throw Fault(sourceName, JsonSyntax.PositionOf(e, text.Span), what, advice, e);
        }
    }

    internal static HpcException Fault(string sourceName, TextPosition at, string what, string advice, Exception? inner = null) =>
        new(ErrorCode.SpecInvalid, $"{sourceName}:{at}: {what}", advice, inner);

    private static void RefuseOtherEncodings(ReadOnlySpan<byte> utf8, string sourceName)
    {
        const string Advice = "Save it as UTF-8.";
        if (utf8.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || utf8.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            throw Fault(sourceName, new TextPosition(1, 1), "The text is in UTF-16, JSON is read as UTF-8.", Advice);
        if (Utf8.IsValid(utf8)) return;
        throw Fault(sourceName, TextPosition.At(utf8, ValidLength(utf8)), "The text is not valid UTF-8.", Advice);
    }

    private static int ValidLength(ReadOnlySpan<byte> utf8)
    {
        var length = 0;
        while (System.Text.Rune.DecodeFromUtf8(utf8[length..], out _, out var consumed) is System.Buffers.OperationStatus.Done) length += consumed;
        return length;
    }
}
