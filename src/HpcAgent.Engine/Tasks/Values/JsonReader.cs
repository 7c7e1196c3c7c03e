using System.Text;

namespace HpcAgent.Engine.Tasks;

/// <summary>
/// Reads JSON into parameter values, streaming, with line and column in errors. Beyond the standard it takes <c>NaN</c> and
/// <c>Infinity</c>, which Python writes; stricter than many, it refuses a key that is given twice.
/// </summary>
internal sealed class JsonReader(JsonSource source, bool takesInfinite = false)
{
    private const int MaxDepth = 64;

    /// <summary>From so many keys on, whether one is given twice is looked up and not searched.</summary>
    private const int ManyKeys = 32;
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ByteBuffer _scratch = new();
    private readonly List<string> _names = [];
    private readonly List<object?> _values = [];
    private byte[][] _layoutTokens = [];
    private string[] _layoutNames = [];

    public JsonSource Source => source;

    /// <summary>Reads one text that holds one value.</summary>
    public static object? Parse(string text)
    {
        var reader = new JsonReader(new JsonSource(Encoding.UTF8.GetBytes(text), place: null));
        var value = reader.ReadValue();
        reader.ExpectEnd();
        return value;
    }

    public void ExpectEnd()
    {
        if (source.SkipWhitespace() >= 0) throw source.Error("there is text after the end of the value.");
    }

    /// <summary>Takes the byte if it comes next after white space.</summary>
    public bool TryTake(char expected)
    {
        if (source.SkipWhitespace() != expected) return false;
        source.Skip(1);
        return true;
    }

    public void Take(char expected)
    {
        if (!TryTake(expected)) throw source.Error($"expected '{expected}'.");
    }

    public object? ReadValue() => ReadValue(0);

    /// <summary>Reads an object; consecutive objects with the same keys share one array of names.</summary>
    public ParameterMap ReadMap()
    {
        if (source.SkipWhitespace() != '{') throw source.Error("expected an object such as {\"lr\": 0.1}.");
        return ReadObject(0);
    }

    public string ReadText()
    {
        if (source.SkipWhitespace() != '"') throw source.Error("expected text in double quotes.");
        return ReadString();
    }

    private object? ReadValue(int depth)
    {
        if (depth > MaxDepth) throw source.Error($"the nesting is deeper than {MaxDepth} levels.");
        var c = source.SkipWhitespace();
        return c switch
        {
            '{' => ReadObject(depth),
            '[' => ReadArray(depth),
            '"' => ReadString(),
            < 0 => throw source.Error("the text ends where a value should stand."),
            _ => ReadWord(),
        };
    }

    private object?[] ReadArray(int depth)
    {
        source.Skip(1);
        if (TryTake(']')) return [];
        var items = new List<object?>();
        do items.Add(ReadValue(depth + 1));
        while (TryTake(','));
        if (!TryTake(']')) throw source.Error("expected ',' or ']'.");
        return [.. items];
    }

    private ParameterMap ReadObject(int depth)
    {
        source.Skip(1);
        if (TryTake('}')) return ParameterMap.Empty;
        var top = depth == 0;
        var names = top ? _names : [];
        var values = top ? _values : [];
        names.Clear();
        values.Clear();
        HashSet<string>? known = null;
        do
        {
            var name = (top ? TakeKnownKey(names.Count) : null) ?? ReadText();
            if (names.Count == ManyKeys) known = new(names, StringComparer.Ordinal);
            if (known is null ? names.Contains(name, StringComparer.Ordinal) : !known.Add(name)) throw source.Error($"the key \"{name}\" is given twice.");
            names.Add(name);
            Take(':');
            values.Add(ReadValue(depth + 1));
        }
        while (TryTake(','));
        if (!TryTake('}')) throw source.Error("expected ',' or '}'.");
        return new(top ? Layout() : [.. names], [.. values]);
    }

    /// <summary>The key at this position of the last object, if the same bytes come again.</summary>
    private string? TakeKnownKey(int index)
    {
        if (index >= _layoutTokens.Length) return null;
        source.SkipWhitespace();
        var token = _layoutTokens[index];
        if (!source.Window.StartsWith(token)) return null;
        source.Skip(token.Length);
        return _layoutNames[index];
    }

    private string[] Layout()
    {
        if (_names.Count == _layoutNames.Length)
        {
            var same = true;
            for (var i = 0; i < _layoutNames.Length; i++)
                same &= string.Equals(_names[i], _layoutNames[i], StringComparison.Ordinal);
            if (same) return _layoutNames;
        }

        _layoutNames = [.. _names];
        _layoutTokens = Array.ConvertAll(_layoutNames, Token);
        return _layoutNames;
    }

    private static byte[] Token(string name)
    {
        var buffer = new ByteBuffer();
        JsonEncoder.WriteString(buffer, name, JsonStyle.Record);
        return buffer.Written.ToArray();
    }

    private object? ReadWord()
    {
        _scratch.Clear();
        int c;
        while ((c = source.Peek()) >= 0 && (char.IsAsciiLetterOrDigit((char)c) || c is '+' or '-' or '.'))
        {
            _scratch.Append((byte)c);
            source.Skip(1);
        }

        var word = _scratch.Written;
        if (word.SequenceEqual("true"u8)) return true;
        if (word.SequenceEqual("false"u8)) return false;
        if (word.SequenceEqual("null"u8)) return null;
        if (word.SequenceEqual("NaN"u8)) return double.NaN;
        if (word.SequenceEqual("Infinity"u8)) return double.PositiveInfinity;
        if (word.SequenceEqual("-Infinity"u8)) return double.NegativeInfinity;
        if (Number(word, out var number)) return number;
        // Metrics may be numbers beyond the range of doubles; parameters may not.
        if (takesInfinite && double.TryParse(word, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var beyond) && double.IsInfinity(beyond)) return beyond;
        throw source.Error(word.IsEmpty
            ? $"'{(char)c}' cannot begin a value."
            : $"'{_scratch.ToText()}' is neither a number in the range of doubles nor true, false or null; text needs double quotes.", word.Length);
    }

    private static bool Number(ReadOnlySpan<byte> word, out object? number)
    {
        Span<char> text = word.Length <= 64 ? stackalloc char[word.Length] : new char[word.Length];
        Encoding.ASCII.GetChars(word, text);
        return JsonNumber.TryParse(text, out number);
    }

    private string ReadString()
    {
        source.Skip(1);
        var window = source.Window;
        var quote = window.IndexOfAny((byte)'"', (byte)'\\');
        if (quote >= 0 && window[quote] == '"' && !window[..quote].ContainsAnyInRange((byte)0, (byte)0x1f))
        {
            var text = Decode(window[..quote]);
            source.Skip(quote + 1);
            return text;
        }

        return ReadLongString();
    }

    private string ReadLongString()
    {
        var text = new StringBuilder();
        _scratch.Clear();
        while (true)
        {
            var c = source.Peek();
            if (c < 0) throw source.Error("the text in double quotes never ends.");
            if (c < 0x20) throw source.Error("a control character must be escaped in text, a line break as \\n.");
            source.Skip(1);
            if (c is not ('"' or '\\'))
            {
                _scratch.Append((byte)c);
                continue;
            }

            text.Append(Decode(_scratch.Written));
            _scratch.Clear();
            if (c == '"') return text.ToString();
            text.Append(ReadEscape());
        }
    }

    private char ReadEscape()
    {
        var c = source.Peek();
        source.Skip(1);
        return c switch
        {
            '"' or '\\' or '/' => (char)c,
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            'u' => ReadHex(),
            _ => throw source.Error("unknown escape in text; a backslash itself is written \\\\."),
        };
    }

    private char ReadHex()
    {
        var code = 0;
        for (var i = 0; i < 4; i++)
        {
            var c = source.Peek();
            if (c < 0 || !char.IsAsciiHexDigit((char)c)) throw source.Error("\\u needs four hexadecimal digits.");
            code = (code * 16) + Convert.ToInt32(((char)c).ToString(), 16);
            source.Skip(1);
        }

        return (char)code;
    }

    private string Decode(ReadOnlySpan<byte> bytes)
    {
        source.CountText(bytes);
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw source.Error("the text is not UTF-8.");
        }
    }
}
