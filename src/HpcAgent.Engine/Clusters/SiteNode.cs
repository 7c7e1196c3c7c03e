namespace HpcAgent.Engine.Clusters;

/// <summary>A node of <c>clusters.yaml</c> with its place, both counted from 1.</summary>
internal abstract class SiteNode(long line, long column)
{
    public long Line { get; } = line;

    public long Column { get; } = column;

    /// <summary>What it is, for messages.</summary>
    public abstract string Kind { get; }
}

/// <summary>One value. Its text is kept as written, so that <c>3.10</c> stays <c>3.10</c>.</summary>
internal sealed class SiteScalar(string text, bool isPlain, long line, long column) : SiteNode(line, column)
{
    public string Text { get; } = text;

    /// <summary>The value by the core schema; text if it was quoted.</summary>
    public object? Value { get; } = isPlain ? Tasks.YamlScalar.Type(text) : text;

    public override string Kind => Value switch { null => "nothing", bool => "true or false", string => "text", _ => "a number" };
}

/// <summary>A list.</summary>
internal sealed class SiteList(IReadOnlyList<SiteNode> items, long line, long column) : SiteNode(line, column)
{
    public IReadOnlyList<SiteNode> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>One key of a map and its value.</summary>
internal sealed record SiteKey(string Name, long Line, long Column, SiteNode Value);

/// <summary>A map. A key that is given twice is there twice: which map that spoils is for the reader to say.</summary>
internal sealed class SiteMapping(IReadOnlyList<SiteKey> keys, long line, long column) : SiteNode(line, column)
{
    public IReadOnlyList<SiteKey> Keys { get; } = keys;

    public override string Kind => "a map";
}
