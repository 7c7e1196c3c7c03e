using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace HpcAgent.Engine.Clusters;

/// <summary>
/// Reads one YAML document into nodes with places. Anchors, aliases and merge keys (<c>&lt;&lt;</c>) work: a key of the map itself stands above
/// a merged one, and of several merged maps the first that has it.
/// </summary>
internal sealed class SiteYaml
{
    private const int MaxDepth = 32;
    private readonly Dictionary<string, SiteNode> _anchors = new(StringComparer.Ordinal);
    private readonly string _file;
    private readonly Parser _parser;

    private SiteYaml(TextReader text, string file) => (_parser, _file) = (new Parser(text), file);

    /// <summary>The root of the document, or null if there is none.</summary>
    /// <param name="text">The document.</param>
    /// <param name="file">Its file, for messages.</param>
    /// <exception cref="HpcException">It is no YAML, or more than one document.</exception>
    public static SiteNode? Read(TextReader text, string file) => new SiteYaml(text, file).ReadDocument();

    private ParsingEvent Current => _parser.Current!;

    private SiteNode? ReadDocument()
    {
        Move();
        Move();
        if (Current is StreamEnd) return null;
        Move();
        SiteNode root = ReadNode(0);
        Move();
        if (Current is not StreamEnd) throw Error("a second document begins", "Keep one document in the file.");
        return root;
    }

    private SiteNode ReadNode(int depth)
    {
        ParsingEvent at = Current;
        if (depth > MaxDepth) throw Error("the nesting is too deep", "Flatten it.");
        if (at is AnchorAlias alias)
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out SiteNode? known))
                throw Error($"there is no anchor '{alias.Value.Value}' before this place", "Define it first with &name.");
            Move();
            return known;
        }
        SiteNode node = at switch
        {
            Scalar scalar => ReadScalar(scalar),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            _ => throw Error("a value is missing", "Correct the YAML at that place."),
        };
        if (at is NodeEvent { Anchor: { IsEmpty: false } anchor }) _anchors[anchor.Value] = node;
        return node;
    }

    private SiteScalar ReadScalar(Scalar scalar)
    {
        Move();
        return new SiteScalar(scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty, scalar.Start.Line, scalar.Start.Column);
    }

    private SiteList ReadList(int depth)
    {
        Mark start = Current.Start;
        Move();
        List<SiteNode> items = [];
        while (Current is not SequenceEnd) items.Add(ReadNode(depth + 1));
        Move();
        return new SiteList(items, start.Line, start.Column);
    }

    private SiteMapping ReadMap(int depth)
    {
        Mark start = Current.Start;
        Move();
        List<SiteKey> own = [];
        List<SiteKey> merged = [];
        while (Current is not MappingEnd)
        {
            if (Current is not Scalar key) throw Error("a key is not text", "Use plain text as keys.");
            Move();
            SiteNode value = ReadNode(depth + 1);
            if (key is { Style: ScalarStyle.Plain, Value: "<<" }) Merge(merged, value);
            else own.Add(new SiteKey(key.Value, key.Start.Line, key.Start.Column, value));
        }
        Move();
        if (merged.Count > 0)
        {
            HashSet<string> names = own.Select(k => k.Name).ToHashSet(StringComparer.Ordinal);
            own.AddRange(merged.Where(k => names.Add(k.Name)));
        }
        return new SiteMapping(own, start.Line, start.Column);
    }

    private void Merge(List<SiteKey> into, SiteNode value)
    {
        if (value is SiteMapping map)
        {
            into.AddRange(map.Keys);
            return;
        }
        IEnumerable<SiteNode> items = (value as SiteList)?.Items ?? [value];
        foreach (SiteNode item in items)
        {
            if (item is not SiteMapping one) throw SiteError.At(_file, item, $"a merge key (<<) holds {item.Kind}", "Give it a map, or a list of maps, by *name.");
            into.AddRange(one.Keys);
        }
    }

    private HpcException Error(string problem, string remedy) => SiteError.At(_file, Current.Start.Line, Current.Start.Column, problem, remedy);

    private void Move()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (YamlException error)
        {
            throw SiteError.At(_file, error.Start.Line, error.Start.Column, Plain(error.Message), "Correct the YAML at that place.", error);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // The parser gives some mistakes, such as a bracket that never closes, without a place.
            Mark end = _parser.Current?.End ?? Mark.Empty;
            throw SiteError.At(_file, end.Line, end.Column, "the YAML breaks off after this place", "Look for a bracket or quote that is not closed.", error);
        }
    }

    // The parser repeats the position in its message.
    private static string Plain(string message)
    {
        int end = message.IndexOf("): ", StringComparison.Ordinal);
        while (end >= 0 && message.StartsWith('('))
        {
            message = message[(end + 3)..];
            end = message.IndexOf("): ", StringComparison.Ordinal);
        }
        return message.TrimEnd('.');
    }
}
