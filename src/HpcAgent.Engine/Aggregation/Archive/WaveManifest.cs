using System.Text.Json;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Aggregation;

/// <summary>What a folder of packed waves says of itself, <c>archive.json</c>: whose they are, and the digests of each pack.</summary>
/// <param name="RunId">The run.</param>
/// <param name="CmdSha">Its parameter identity.</param>
/// <param name="IdentitySha">Its full identity.</param>
/// <param name="TaskCount">All its tasks.</param>
/// <param name="TasksPerWave">How many tasks make a wave.</param>
/// <param name="InputDigest">The digest of all usable records (<see cref="Aggregation.InputDigest"/>); null until they were reduced.</param>
/// <param name="Waves">The packs.</param>
internal sealed record WaveManifest(
    string RunId, string CmdSha, string IdentitySha, long TaskCount, int TasksPerWave, string? InputDigest, IReadOnlyList<PackedWave> Waves)
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "archive.json";

    private const int Version = 1;

    /// <summary>The file.</summary>
    public byte[] ToBytes()
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("archive_version"u8, Version);
            writer.WriteString("run_id"u8, RunId);
            writer.WriteString("cmd_sha"u8, CmdSha);
            writer.WriteString("identity_sha"u8, IdentitySha);
            writer.WriteNumber("task_count"u8, TaskCount);
            writer.WriteNumber("tasks_per_wave"u8, TasksPerWave);
            writer.WriteString("input_digest"u8, InputDigest);
            writer.WriteStartArray("waves"u8);
            foreach (PackedWave wave in Waves) Write(writer, wave);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return content.ToArray();
    }

    /// <summary>Reads the file.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: damaged; <see cref="ErrorCode.SchemaIncompat"/>: of a later version.</exception>
    public static WaveManifest Parse(byte[] content, string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(content);
            JsonElement root = json.RootElement;
            if (JsonParts.Integer(root, "archive_version") > Version)
                throw new HpcException(ErrorCode.SchemaIncompat, $"{path} is of a later version", "Use the version of the program that wrote it, or a newer one.");
            return new WaveManifest(
                JsonParts.Text(root, "run_id"),
                JsonParts.Text(root, "cmd_sha"),
                JsonParts.Text(root, "identity_sha"),
                JsonParts.Integer(root, "task_count"),
                JsonParts.SmallInteger(root, "tasks_per_wave") is > 0 and var size ? size : throw new FormatException("field 'tasks_per_wave' is not positive"),
                JsonParts.TryText(root, "input_digest"),
                [.. JsonParts.Items(root, "waves").Select(Read)]);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new HpcException(ErrorCode.JournalCorrupt, $"{path} cannot be used: {e.Message}", "Restore the file; or remove it, and the waves are read without what it says.", e);
        }
    }

    private static void Write(Utf8JsonWriter writer, PackedWave wave)
    {
        writer.WriteStartObject();
        writer.WriteNumber("wave"u8, wave.Index);
        writer.WriteString("file"u8, $"waves/{wave.FileName}");
        writer.WriteNumber("records"u8, wave.RecordCount);
        writer.WriteNumber("problems"u8, wave.ProblemCount);
        writer.WriteNumber("changed"u8, wave.ChangedCount);
        writer.WriteNumber("bytes"u8, wave.ByteCount);
        writer.WriteNumber("cksum"u8, wave.Crc);
        writer.WriteString("sha256"u8, wave.Sha256);
        writer.WriteEndObject();
    }

    // The file is named for who reads this by eye: its name follows from the number.
    private static PackedWave Read(JsonElement json) => new(
        JsonParts.SmallInteger(json, "wave"), checked((uint)JsonParts.Integer(json, "cksum")), JsonParts.Integer(json, "bytes"), JsonParts.Integer(json, "records"),
        JsonParts.Integer(json, "problems"), JsonParts.Integer(json, "changed"), IsFresh: false)
    {
        Sha256 = JsonParts.Text(json, "sha256"),
    };
}
