using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HpcAgent.Engine.Tasks;

/// <summary>A small read-only map from name to value that keeps its order. Many tasks may share one array of names.</summary>
public sealed class ParameterMap : IReadOnlyDictionary<string, object?>
{
    internal ParameterMap(string[] names, object?[] values)
    {
        Names = names;
        Items = values;
    }

    /// <summary>The map without entries.</summary>
    public static ParameterMap Empty { get; } = new([], []);

    internal string[] Names { get; }

    internal object?[] Items { get; }

    /// <inheritdoc/>
    public int Count => Names.Length;

    /// <inheritdoc/>
    public IEnumerable<string> Keys => Names;

    /// <inheritdoc/>
    public IEnumerable<object?> Values => Items;

    /// <inheritdoc/>
    public object? this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"There is no parameter '{key}'.");

    /// <summary>
    /// Copies entries into a map. The values are taken as they are; <see cref="ParameterValue"/> makes them allowed ones.
    /// </summary>
    /// <exception cref="ArgumentException">A name is given twice.</exception>
    public static ParameterMap Create(IEnumerable<KeyValuePair<string, object?>> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries is ParameterMap map) return map;
        var names = new List<string>();
        var values = new List<object?>();
        foreach (var (name, value) in entries)
        {
            names.Add(name);
            values.Add(value);
        }

        if (FirstDuplicate(names) is { } twice) throw new ArgumentException($"'{twice}' is given twice.", nameof(entries));
        return new([.. names], [.. values]);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        var index = IndexOf(key);
        value = index < 0 ? null : Items[index];
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Names.Length; i++) yield return new(Names[i], Items[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static string? FirstDuplicate(IReadOnlyList<string> names)
    {
        if (names.Count <= 12)
        {
            for (var i = 1; i < names.Count; i++)
                for (var j = 0; j < i; j++)
                    if (string.Equals(names[i], names[j], StringComparison.Ordinal)) return names[i];
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
            if (!seen.Add(name)) return name;
        return null;
    }

    private int IndexOf(string key) => Array.IndexOf(Names, key);
}
