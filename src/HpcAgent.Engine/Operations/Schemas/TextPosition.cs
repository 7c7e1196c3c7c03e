using System.Globalization;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>A place in a text, both from 1; the column counts Unicode characters.</summary>
/// <param name="Line">The line; lines end with a line feed.</param>
/// <param name="Column">The column.</param>
internal readonly record struct TextPosition(long Line, long Column)
{
    /// <summary>The place of a byte of UTF-8 text. A byte order mark at the start is not counted.</summary>
    internal static TextPosition At(ReadOnlySpan<byte> utf8, long offset)
    {
        var before = utf8[..(int)Math.Min(offset, utf8.Length)];
        var line = before.Count((byte)'\n') + 1;
        var last = before[(before.LastIndexOf((byte)'\n') + 1)..];
        if (line == 1 && last.StartsWith(SpecReader.Utf8Mark)) last = last[SpecReader.Utf8Mark.Length..];
        return new TextPosition(line, Characters(last) + 1);
    }

    /// <summary>The place that <see cref="System.Text.Json.JsonException"/> gives as 0-based line and byte in that line.</summary>
    internal static TextPosition Of(ReadOnlySpan<byte> utf8, long line, long byteInLine)
    {
        var rest = utf8;
        for (var i = 0L; i < line; i++) rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        return new TextPosition(line + 1, Characters(rest[..(int)Math.Min(byteInLine, rest.Length)]) + 1);
    }

    /// <summary>"line:column".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}");

    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var b in utf8)
        {
            // All bytes of a character but its first look like 10xxxxxx.
            if ((b & 0xC0) != 0x80) count++;
        }

        return count;
    }
}
