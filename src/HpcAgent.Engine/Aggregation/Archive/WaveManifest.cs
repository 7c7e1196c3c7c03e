using System.Text.Json;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Aggregation;

/// <summary>What an archive says of itself, <c>archive.json</c>: whose waves these are, and the digest of each file.</summary>
/// <param name="RunId">The run.</param>
/// <param name="CmdSha">Its parameter identity.</param>
/// <param name="IdentitySha">Its full identity.</param>
/// <param name="TaskCount">All its tasks.</param>
/// <param name="InputDigest">The digest of all usable records (<see cref="Aggregation.InputDigest"/>).</param>
/// <param name="Waves">The packed files.</param>
/// <param name="Problems">Metrics files that could not be packed, with the reason.</param>
internal sealed record WaveManifest(
    string RunId, string CmdSha, string IdentitySha, long TaskCount, string? InputDigest, IReadOnlyList<ArchivedWave> Waves, IReadOnlyList<AggregateProblem> Problems)
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
            writer.WriteString("input_digest"u8, InputDigest);
            writer.WriteStartArray("waves"u8);
            foreach (ArchivedWave wave in Waves) wave.Write(writer);
            writer.WriteEndArray();
            writer.WriteStartArray("problems"u8);
            foreach (AggregateProblem problem in Problems)
            {
                writer.WriteStartObject();
                writer.WriteNumber("task_id"u8, problem.TaskId);
                writer.WriteString("path"u8, problem.Path);
                writer.WriteString("message"u8, problem.Message);
                writer.WriteEndObject();
            }
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
                JsonParts.TryText(root, "input_digest"),
                [.. JsonParts.Items(root, "waves").Select(ArchivedWave.Read)],
                [.. JsonParts.Items(root, "problems").Select(p => new AggregateProblem(JsonParts.Integer(p, "task_id"), JsonParts.Text(p, "path"), JsonParts.Text(p, "message")))]);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new HpcException(ErrorCode.JournalCorrupt, $"{path} cannot be used: {e.Message}", "Restore the file; or remove it, and the waves are read without what it says.", e);
        }
    }
}

/// <summary>One packed file of an archive.</summary>
/// <param name="Wave">The wave.</param>
/// <param name="File">The path below the archive, with slashes.</param>
/// <param name="RecordCount">How many records it holds.</param>
/// <param name="ByteCount">Its length.</param>
/// <param name="Sha256">The digest of its bytes, in hexadecimal digits.</param>
internal sealed record ArchivedWave(int Wave, string File, long RecordCount, long ByteCount, string Sha256)
{
    /// <summary>Writes it.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("wave"u8, Wave);
        writer.WriteString("file"u8, File);
        writer.WriteNumber("records"u8, RecordCount);
        writer.WriteNumber("bytes"u8, ByteCount);
        writer.WriteString("sha256"u8, Sha256);
        writer.WriteEndObject();
    }

    /// <summary>Reads it.</summary>
    public static ArchivedWave Read(JsonElement json) => new(
        JsonParts.SmallInteger(json, "wave"), JsonParts.Text(json, "file"), JsonParts.Integer(json, "records"), JsonParts.Integer(json, "bytes"), JsonParts.Text(json, "sha256"));
}
