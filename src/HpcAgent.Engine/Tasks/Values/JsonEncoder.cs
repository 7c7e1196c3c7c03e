using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Numerics;

namespace HpcAgent.Engine.Tasks;

/// <summary>Writes allowed parameter values as JSON in one of the three styles.</summary>
internal static class JsonEncoder
{
    private const string Ascii = " !#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    private static readonly SearchValues<char> Unescaped = SearchValues.Create(Ascii);
    private static readonly SearchValues<char> UnescapedWithApostrophe = SearchValues.Create(Ascii + "'");

    public static void Write(ByteBuffer target, object? value, JsonStyle style)
    {
        switch (value)
        {
            case null: target.Append("null"u8); break;
            case bool truth: target.Append(truth ? "true"u8 : "false"u8); break;
            case long number: WriteLong(target, number); break;
            case double number: WriteDouble(target, number); break;
            case string text: WriteString(target, text, style); break;
            case BigInteger number: target.AppendText(number.ToString(CultureInfo.InvariantCulture)); break;
            case IReadOnlyDictionary<string, object?> map: WriteMap(target, map, style); break;
            case IEnumerable list: WriteList(target, list, style); break;
            default: throw new ArgumentException($"A value of type {value.GetType().Name} is not a parameter value.", nameof(value));
        }
    }

    public static void WriteLong(ByteBuffer target, long number)
    {
        number.TryFormat(target.Reserve(20), out var written, default, CultureInfo.InvariantCulture);
        target.Advance(written);
    }

    public static void WriteDouble(ByteBuffer target, double number) =>
        target.Advance(PythonFloat.Format(number, target.Reserve(PythonFloat.MaxLength)));

    public static void WriteString(ByteBuffer target, string text, JsonStyle style)
    {
        var rest = text.AsSpan();
        var unescaped = style == JsonStyle.Record ? Unescaped : UnescapedWithApostrophe;
        target.Append((byte)'"');
        while (!rest.IsEmpty)
        {
            var run = rest.IndexOfAnyExcept(unescaped);
            if (run < 0) run = rest.Length;
            if (run > 0)
            {
                target.AppendText(rest[..run]);
                rest = rest[run..];
                continue;
            }

            rest = rest[WriteSpecial(target, rest, style)..];
        }

        target.Append((byte)'"');
    }

    /// <summary>Writes one character that is not plain ASCII and returns how many UTF-16 units it took.</summary>
    private static int WriteSpecial(ByteBuffer target, ReadOnlySpan<char> text, JsonStyle style)
    {
        var c = text[0];
        switch (c)
        {
            case '"': target.Append("\\\""u8); return 1;
            case '\\': target.Append("\\\\"u8); return 1;
            case '\n': target.Append("\\n"u8); return 1;
            case '\r': target.Append("\\r"u8); return 1;
            case '\t': target.Append("\\t"u8); return 1;
            case '\f': target.Append("\\f"u8); return 1;
            case '\b': target.Append("\\b"u8); return 1;
        }

        if (style != JsonStyle.Canonical && c >= (style == JsonStyle.Plain ? 0x7f : 0x80))
        {
            var pair = char.IsHighSurrogate(c) && text.Length > 1 && char.IsLowSurrogate(text[1]);
            if (pair || !char.IsSurrogate(c))
            {
                target.AppendText(text[..(pair ? 2 : 1)]);
                return pair ? 2 : 1;
            }
        }

        var room = target.Reserve(6);
        "\\u"u8.CopyTo(room);
        ((int)c).TryFormat(room[2..], out _, "x4", CultureInfo.InvariantCulture);
        target.Advance(6);
        return 1;
    }

    private static void WriteList(ByteBuffer target, IEnumerable list, JsonStyle style)
    {
        target.Append((byte)'[');
        var first = true;
        foreach (var item in list)
        {
            if (!first) target.Append((byte)',');
            first = false;
            Write(target, item, style);
        }

        target.Append((byte)']');
    }

    private static void WriteMap(ByteBuffer target, IReadOnlyDictionary<string, object?> map, JsonStyle style)
    {
        IEnumerable<KeyValuePair<string, object?>> entries = map;
        if (style == JsonStyle.Canonical) entries = map.OrderBy(entry => entry.Key, CodePointOrder.Instance);
        target.Append((byte)'{');
        var first = true;
        foreach (var (key, value) in entries)
        {
            if (!first) target.Append((byte)',');
            first = false;
            WriteString(target, key, style);
            target.Append((byte)':');
            Write(target, value, style);
        }

        target.Append((byte)'}');
    }
}
