using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HpcAgent.Kernels;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>One leaf of a metrics document, as the test knows it without reading the document.</summary>
/// <param name="Name">The path, joined by dots.</param>
/// <param name="Json">What stands there.</param>
/// <param name="Kind">What that is.</param>
internal sealed record LeafCase(string Name, string Json, MetricKind Kind);

/// <summary>One task of a random run: its parameters, and what its command leaves.</summary>
internal sealed record TaskCase
{
    public required IReadOnlyDictionary<string, object?> Parameters { get; init; }

    /// <summary>The metrics; null where there is no document that could be used.</summary>
    public IReadOnlyList<LeafCase>? Leaves { get; init; }

    /// <summary>What stands in <c>n_samples</c>; null without it.</summary>
    public string? Weight { get; init; }

    /// <summary>Bits that choose how the document is written; they change no metric.</summary>
    public int Form { get; init; }

    /// <summary>The bytes of a file that cannot be used; null for none.</summary>
    public byte[]? Junk { get; init; }

    /// <summary>After which of the packings its file appears.</summary>
    public int Round { get; init; }

    /// <summary>The bytes of its file; null if it leaves none.</summary>
    public byte[]? Content => Leaves is null ? Junk : Encoding.UTF8.GetBytes(Document());

    public override string ToString()
    {
        string file = Content is { } content ? string.Concat(Encoding.Latin1.GetString(content).Select(c => c is < ' ' or > '~' ? FormattableString.Invariant($"<{(int)c:x2}>") : c.ToString())) : "no file";
        string parameters = string.Join(' ', Parameters.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}={p.Value}({p.Value?.GetType().Name})")));
        return $"[{parameters}] in round {Round}: {(file.Length > 300 ? file[..300] + "..." : file)}";
    }

    private bool IsNested => (Form & 1) != 0;

    private string Blank => ((Form >> 1) & 3) switch { 0 => "", 1 => "\n  ", 2 => "\r\n\t", _ => " \r" };

    private string Document()
    {
        List<(string[] Path, string Json)> members = [.. Leaves!.Select(l => (IsNested ? l.Name.Split('.') : [l.Name], l.Json))];
        if (Weight is not null) members.Insert((Form >> 3) % (members.Count + 1), (["n_samples"], Weight));
        string text = Object(members, 0);
        return ((Form & 64) != 0 ? "\uFEFF" : "") + ((Form & 128) != 0 ? Blank : "") + text + ((Form & 256) != 0 ? "\n" : "");
    }

    private string Object(IEnumerable<(string[] Path, string Json)> members, int depth) =>
        "{" + string.Join(',' + Blank, members.GroupBy(m => m.Path[depth], StringComparer.Ordinal).Select(group =>
            Blank + Key(group.Key) + Blank + ':' + (group.First() is var (path, json) && path.Length == depth + 1 ? json : Object(group, depth + 1)))) + Blank + "}";

    private string Key(string name) => (Form & 512) != 0
        ? '"' + string.Concat(name.Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))) + '"'
        : JsonSerializer.Serialize(name, (Form & 1024) != 0 ? s_relaxed : null);

    private static readonly JsonSerializerOptions s_relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
