using System.Text.Json;

namespace HpcAgent.Engine.Storage;

/// <summary>Who holds a lock, as far as its file tells.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Host">The machine.</param>
/// <param name="Purpose">What it is doing, in a few words.</param>
/// <param name="Since">When it took the lock.</param>
public sealed record LockHolder(int ProcessId, string Host, string Purpose, DateTimeOffset Since)
{
    internal byte[] ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("pid", ProcessId);
            writer.WriteString("host", Host);
            writer.WriteString("purpose", Purpose);
            writer.WriteString("since", Since);
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        return stream.ToArray();
    }

    internal static LockHolder? TryParse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new(root.GetProperty("pid").GetInt32(), root.GetProperty("host").GetString() ?? "", root.GetProperty("purpose").GetString() ?? "", root.GetProperty("since").GetDateTimeOffset());
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
