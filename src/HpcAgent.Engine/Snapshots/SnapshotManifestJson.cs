using System.Text.Json;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Snapshots;

/// <summary>A manifest as JSON, <c>.hpc/snapshots/&lt;digest&gt;.json</c>.</summary>
internal static class SnapshotManifestJson
{
    private const int Format = 1;

    internal static byte[] Write(SnapshotManifest manifest)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("digest", manifest.Digest);
            writer.WriteNumber("total_bytes", manifest.TotalBytes);
            writer.WriteStartArray("entries");
            foreach (var entry in manifest.Entries)
            {
                writer.WriteStartObject();
                writer.WriteString("path", entry.Path);
                writer.WriteString("kind", SnakeCase<SnapshotEntryKind>.Write(entry.Kind));
                writer.WriteNumber("size", entry.Size);
                writer.WriteString("content", entry.Content);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    /// <summary>The manifest, or null if it is damaged: its own digest covers every entry.</summary>
    internal static SnapshotManifest? TryRead(byte[] file)
    {
        try
        {
            using var document = JsonDocument.Parse(file);
            var root = document.RootElement;
            if (JsonParts.Integer(root, "format") != Format)
                return null;
            SnapshotEntry[] entries = [.. JsonParts.Items(root, "entries").Select(ReadEntry)];
            var digest = JsonParts.Text(root, "digest");
            return string.Equals(SnapshotDigest.Compute(entries), digest, StringComparison.Ordinal) ? new() { Digest = digest, Entries = entries } : null;
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static SnapshotEntry ReadEntry(JsonElement json) => new(
        JsonParts.Text(json, "path"),
        SnakeCase<SnapshotEntryKind>.TryRead(JsonParts.Text(json, "kind")) ?? throw new FormatException("field 'kind' has an unknown value"),
        JsonParts.Integer(json, "size"),
        JsonParts.Text(json, "content"));
}
