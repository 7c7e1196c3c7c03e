using System.Globalization;
using HpcAgent.Engine.Naming;

namespace HpcAgent.Engine.Clusters;

/// <summary>A map of <c>clusters.yaml</c>, read by key and type. A value of the wrong type is an error with its place; an empty one is not there.</summary>
internal sealed class SiteMap
{
    private readonly Dictionary<string, SiteKey> _keys = new(StringComparer.Ordinal);
    private readonly string _file;

    /// <summary>Checks the keys of a map.</summary>
    /// <param name="map">The map.</param>
    /// <param name="file">The file.</param>
    /// <param name="known">The keys that it may have.</param>
    /// <param name="elsewhere">Keys that belong elsewhere, and where.</param>
    /// <exception cref="HpcException">A key is unknown, or there twice.</exception>
    public SiteMap(SiteMapping map, string file, IReadOnlyCollection<string> known, (IReadOnlyCollection<string> Keys, string Where) elsewhere)
    {
        _file = file;
        foreach (SiteKey key in map.Keys)
        {
            if (!known.Contains(key.Name, StringComparer.Ordinal)) throw Unknown(key, known, elsewhere);
            string name = SiteKeys.Aliases.GetValueOrDefault(key.Name, key.Name);
            if (!_keys.TryAdd(name, key)) throw Twice(key, _keys[name]);
        }
    }

    /// <summary>The place of a key, as <c>file:line</c>, or null if it is not there.</summary>
    public string? Place(string key) => Find(key) is { } found ? string.Create(CultureInfo.InvariantCulture, $"{_file}:{found.Line}") : null;

    /// <summary>The keys that are there and hold something.</summary>
    public IEnumerable<SiteKey> Keys => _keys.Values.Where(k => k.Value is not SiteScalar { Value: null });

    public SiteMapping? Map(string key) => Find(key) is not { } found ? null : found.Value as SiteMapping ?? throw Wrong(found, "a map", "Give keys and values below it.");

    /// <summary>Text on one line.</summary>
    public string? Text(string key) => Find(key) is { } found ? TextOf(found, found.Value) : null;

    /// <summary>A list of texts; one text alone is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key) => Find(key) switch
    {
        null => [],
        { Value: SiteList list } found => [.. list.Items.Select(item => TextOf(found, item))],
        { } found => [TextOf(found, found.Value)],
    };

    /// <summary>A list of texts, or a map whose pairs become <c>key=value</c>.</summary>
    public IReadOnlyList<string> Pairs(string key)
    {
        if (Find(key) is not { Value: SiteMapping map } found) return Texts(key);
        if (map.Keys.GroupBy(k => k.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Skip(1).Any()) is { } twice) throw Twice(twice.Last(), twice.First());
        return [.. map.Keys.Select(pair => $"{pair.Name}={TextOf(found, pair.Value)}")];
    }

    /// <summary>A whole number from <paramref name="least"/> on.</summary>
    public long? Integer(string key, long least = 1, long most = long.MaxValue)
    {
        if (Find(key) is not { } found) return null;
        string range = most == long.MaxValue ? $"a whole number from {least} on" : $"a whole number from {least} to {most}";
        if (found.Value is not SiteScalar scalar || scalar.Value is bool) throw Wrong(found, range, $"Give {range}.");
        return Tasks.YamlScalar.Type(scalar.Text) is long number && number >= least && number <= most
            ? number
            : throw Bad(found.Value, $"'{found.Name}' is '{scalar.Text}', which is not {range}", $"Give {range}.");
    }

    public int? SmallInteger(string key, int most = int.MaxValue) => (int?)Integer(key, 1, most);

    /// <summary>A duration of zero or more; a bare number is seconds.</summary>
    public TimeSpan? Duration(string key)
    {
        if (Find(key) is not { } found) return null;
        const string forms = "Write 24:00:00, 2h, 30m, 90s, 1-00:00:00, or a number of seconds.";
        if (found.Value is not SiteScalar scalar || scalar.Value is bool) throw Wrong(found, "a duration", forms);
        return SiteDuration.Parse(scalar.Text) ?? throw Bad(found.Value, $"'{found.Name}' is '{scalar.Text}', which is not a duration", forms);
    }

    /// <summary>An error at the value of a key.</summary>
    public HpcException Bad(string key, string problem, string remedy) => Bad(_keys[key].Value, problem, remedy);

    private SiteKey? Find(string key) => _keys.GetValueOrDefault(key) is { Value: not SiteScalar { Value: null } } found ? found : null;

    private string TextOf(SiteKey key, SiteNode node)
    {
        if (node is not SiteScalar { Value: not null and not bool } scalar) throw Bad(node, $"'{key.Name}' must hold text, not {node.Kind}", "Give text; put quotes around it if need be.");
        string text = scalar.Text.Trim();
        if (text.Length == 0) throw Bad(node, $"'{key.Name}' is empty", "Give a value, or remove the key.");
        return text.Any(char.IsControl) ? throw Bad(node, $"'{key.Name}' holds a line break or a control character", "Write it on one line.") : text;
    }

    private HpcException Wrong(SiteKey key, string wanted, string remedy) => Bad(key.Value, $"'{key.Name}' must be {wanted}, not {key.Value.Kind}", remedy);

    private HpcException Bad(SiteNode node, string problem, string remedy) => SiteError.At(_file, node, problem, remedy);

    private HpcException Twice(SiteKey key, SiteKey first) => SiteError.At(
        _file,
        key,
        key.Name == first.Name ? $"'{key.Name}' is given twice, first in line {first.Line}" : $"'{key.Name}' means the same as '{first.Name}' in line {first.Line}",
        "Keep one of the two.");

    private HpcException Unknown(SiteKey key, IReadOnlyCollection<string> known, (IReadOnlyCollection<string> Keys, string Where) elsewhere) =>
        elsewhere.Keys.Contains(key.Name, StringComparer.Ordinal)
            ? SiteError.At(_file, key, $"'{key.Name}' is in the wrong place", $"It belongs {elsewhere.Where}.")
            : SiteError.At(
                _file, key, $"there is no key '{key.Name}'.{NearestName.Suggestion(key.Name, known)}", $"Remove it, or use one of: {string.Join(", ", known)}.");
}
