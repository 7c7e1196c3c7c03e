using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Reporting;

/// <summary>
/// Writes HTML that is well-formed XML too. All text and every value of an attribute goes through one escape, so that nothing that comes from a run
/// can become markup.
/// </summary>
internal sealed class Markup
{
    private readonly StringBuilder _text = new();
    private readonly Stack<string> _open = new();
    private int _ids;

    /// <summary>What was written.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>A new id, unique in the document.</summary>
    public string NextId() => string.Create(CultureInfo.InvariantCulture, $"i{++_ids}");

    /// <summary>A coordinate with two digits after the point.</summary>
    public static string N(double value) => Math.Round(value, 2).ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Begins an element. An attribute without a value is left out.</summary>
    public Markup Open(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(name, attributes);
        _ = _text.Append('>');
        _open.Push(name);
        return this;
    }

    /// <summary>Ends the element that was begun last.</summary>
    public Markup Close()
    {
        string name = _open.Pop();
        _ = _text.Append("</").Append(name).Append('>');
        if (name is "tr" or "li" or "section" or "figure" or "svg" or "dd" or "details" or "g" or "head" or "p" or "h2" or "h3") _ = _text.Append('\n');
        return this;
    }

    /// <summary>An element without content; only for those that HTML or SVG know as such.</summary>
    public Markup Empty(string name, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Begin(name, attributes);
        _ = _text.Append("/>");
        return this;
    }

    /// <summary>An element with text.</summary>
    public Markup Element(string name, string text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Open(name, attributes).Text(text).Close();

    /// <summary>Text.</summary>
    public Markup Text(string text)
    {
        Escape(VisibleText.Of(text));
        return this;
    }

    /// <summary>Text of this program's own, such as its style sheet; never anything that comes from a run.</summary>
    public Markup Own(string text)
    {
        _ = _text.Append(text);
        return this;
    }

    private void Begin(string name, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        _ = _text.Append('<').Append(name);
        foreach ((string key, string? value) in attributes)
        {
            if (value is null) continue;
            _ = _text.Append(' ').Append(key).Append("=\"");
            Escape(VisibleText.Of(value));
            _ = _text.Append('"');
        }
    }

    private void Escape(string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                _ => _text.Append(c),
            };
        }
    }
}
