using System.Buffers;
using System.Text.Json;

namespace HpcAgent.Cli;

/// <summary>The request of a call: a file, or options, or a file with options that replace what it says.</summary>
internal static class RequestDraft
{
    /// <summary>Puts the request together.</summary>
    /// <param name="specPath">The file, <c>-</c> for standard input, or null.</param>
    /// <param name="given">The options that were given, in the order of the schema.</param>
    /// <exception cref="HpcException">The file cannot be read.</exception>
    public static JsonDocument Read(string? specPath, IReadOnlyList<(RequestProperty Property, IReadOnlyList<string> Values)> given)
    {
        JsonDocument? file = specPath is null ? null : SpecFile.Read(specPath);
        if (file is not null && (given.Count == 0 || file.RootElement.ValueKind != JsonValueKind.Object)) return file;
        ArrayBufferWriter<byte> text = new();
        using (file)
        using (Utf8JsonWriter writer = new(text))
        {
            writer.WriteStartObject();
            if (file is not null)
                foreach (JsonProperty property in file.RootElement.EnumerateObject())
                    if (!given.Any(g => property.NameEquals(g.Property.Name))) property.WriteTo(writer);
            foreach ((RequestProperty property, IReadOnlyList<string> values) in given)
            {
                writer.WritePropertyName(property.Name);
                property.Write(writer, values);
            }
            writer.WriteEndObject();
        }
        return JsonDocument.Parse(text.WrittenMemory);
    }
}
