using System.Collections.Concurrent;
using System.Reflection;

namespace HpcAgent.Engine.Operations.Schemas;

/// <summary>The schemas that one assembly carries as resources <c>schemas/&lt;name&gt;.input.json</c>; each is parsed once, when asked for.</summary>
internal sealed class SchemaResources(Assembly assembly)
{
    private const string Prefix = "schemas/";
    private const string Suffix = ".input.json";

    private readonly ConcurrentDictionary<string, JsonSchemaDocument> parsed = new(StringComparer.Ordinal);

    internal IReadOnlyList<string> Names { get; } = [.. assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(Suffix, StringComparison.Ordinal))
        .Select(n => n[Prefix.Length..^Suffix.Length])
        .Order(StringComparer.Ordinal)];

    internal JsonSchemaDocument Load(string name) =>
        parsed.GetOrAdd(name, n => JsonSchemaDocument.Parse(ReadBytes(n), Prefix + n + Suffix));

    internal byte[] ReadBytes(string name)
    {
        using var stream = assembly.GetManifestResourceStream(Prefix + name + Suffix) ?? throw Unknown(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private HpcException Unknown(string name) => new(
        ErrorCode.SpecInvalid,
        $"There is no input schema '{name}'.",
        Names.Count == 0 ? "This build carries no schemas." : $"Choose one of: {string.Join(", ", Names)}.");
}
