using System.Globalization;
using System.Text;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The way from the root to the value at hand; it becomes text only when something is reported.</summary>
internal sealed class JsonPath
{
    private readonly List<(string? Name, int Index)> steps = [];

    internal void Enter(string name) => steps.Add((name, 0));

    internal void Enter(int index) => steps.Add((null, index));

    internal void Leave() => steps.RemoveAt(steps.Count - 1);

    /// <summary>Writes the path as a JSON Pointer (RFC 6901).</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, index) in steps)
            text.Append('/').Append(name is null ? index.ToString(CultureInfo.InvariantCulture) : Escape(name));
        return text.ToString();
    }

    internal static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    internal static string Unescape(string step) =>
        step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
