using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Aggregation;

/// <summary>The original's key of a group: the values in the order of their names, joined by '_'.</summary>
internal static class GridKey
{
    /// <summary>The key; it is not unique, since 'x y' and 'x_y' give the same.</summary>
    /// <param name="values">The grouping parameters and their values.</param>
    public static string Of(IEnumerable<KeyValuePair<string, object?>> values)
    {
        IEnumerable<string> texts = values.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => PlainText.Of(p.Value));
        return string.Concat(string.Join('_', texts).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
    }
}
