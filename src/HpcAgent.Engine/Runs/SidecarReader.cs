using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>
/// Reads a sidecar of this program or of the original, schema 1 or 2. Missing and null fields take their defaults; a field of another type
/// is damage, and its place is named.
/// </summary>
internal sealed class SidecarReader(byte[] file, string path)
{
    private const string Remedy =
        "Restore the file from version control, or from the run's folder on the cluster; or move it aside, and the run is forgotten here.";

    private readonly Dictionary<string, (JsonElement Value, long Offset)> fields = new(StringComparer.Ordinal);
    private readonly List<string> order = [];

    /// <summary>The record.</summary>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/> with file, line and column; or
    /// <see cref="ErrorCode.SchemaIncompat"/>: written by a later version.</exception>
    internal Sidecar Read()
    {
        var start = file.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        ReadFields(start);
        var version = Get("sidecar_schema_version", 1, JsonParts.AsInteger);
        if (version is < 1 or > Sidecar.CurrentSchemaVersion)
            throw new HpcException(ErrorCode.SchemaIncompat, $"'{path}' has schema version {version}; this program knows 1 and 2.", "Use the version of the program that wrote it, or a newer one.");

        // Either field alone is enough: a flipped bit in the name of one must not switch the check off.
        var isOwn = fields.ContainsKey("identity_sha") || fields.ContainsKey(SidecarChecksum.FieldName);
        if (isOwn && !SidecarChecksum.IsIntact(file))
            throw Damaged("does not match its checksum", fields.TryGetValue(SidecarChecksum.FieldName, out var field) ? field.Offset : file.Length);
        var sidecar = ReadOriginal((int)version);
        return (isOwn ? ReadOwn(sidecar) : sidecar) with
        {
            Extensions = [.. order.Where(name => fields.ContainsKey(name) && name is not SidecarChecksum.FieldName).Select(name => KeyValuePair.Create(name, fields[name].Value))],
        };
    }

    private void ReadFields(int start)
    {
        try
        {
            var reader = new Utf8JsonReader(file.AsSpan(start));
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw Damaged("is not a JSON object", start);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var offset = start + reader.TokenStartIndex;
                if (!fields.ContainsKey(name))
                    order.Add(name);
                fields[name] = (JsonElement.ParseValue(ref reader), offset);
            }

            if (reader.Read())
                throw Damaged("goes on after its end", start + reader.TokenStartIndex);
        }
        catch (JsonException error)
        {
            throw Damaged($"is not JSON: {Shorten(error.Message)}", error.LineNumber ?? 0, error.BytePositionInLine ?? 0, error);
        }
        catch (InvalidOperationException error)
        {
            // A property name that is not UTF-8.
            throw Damaged($"is not UTF-8 text: {Shorten(error.Message)}", start, error);
        }
    }

    private Sidecar ReadOriginal(int version) => new()
    {
        SchemaVersion = version,
        RunId = ReadRunId(),
        CmdSha = Text("cmd_sha") ?? "",
        TasksPySha = Text("tasks_py_sha") ?? "",
        AgentVersion = Text("hpc_agent_version") ?? "",
        SubmittedAt = Get<DateTimeOffset?>("submitted_at", null, (value, name) => JsonParts.AsTime(value, name)),
        Executor = Text("executor") ?? "",
        ResultDirTemplate = Text("result_dir_template") ?? "",
        TaskCount = Get("task_count", 0, JsonParts.AsInteger),
        WaveMap = Get("wave_map", new Dictionary<int, IReadOnlyList<TaskIdRange>>(), (value, _) => WaveMapJson.Read(value)),
        Cluster = Text("cluster") ?? "",
        Profile = Text("profile") ?? "",
        Project = Text("project") ?? "",
        RemotePath = Text("remote_path") ?? "",
        CampaignId = Text("campaign_id"),
        Resources = Json("resources"),
        Env = Json("env"),
        MaxRetries = Get<int?>("max_retries", null, (value, name) => JsonParts.AsSmallInteger(value, name)),
        Runtime = Text("runtime"),
        AutoRetry = Json("auto_retry"),
        AggregateDefaults = Json("aggregate_defaults"),
        Results = Json("results"),
        ParentRunIds = Texts("parent_run_ids") ?? [],
        JobIds = Texts("job_ids") ?? [],
    };

    private Sidecar ReadOwn(Sidecar sidecar) => sidecar with
    {
        IdentitySha = Text("identity_sha"),
        CodeDigest = Text("code_digest"),
        Snapshot = Text("snapshot"),
        Command = Text("command"),
        Arguments = Texts("arguments"),
        CommandKind = Get<CommandKind?>("command_kind", null, (value, name) => SnakeCase<CommandKind>.TryRead(JsonParts.AsText(value, name)) ?? throw new FormatException($"field '{name}' has an unknown value")),
        Shell = Text("shell"),
        RequestId = Text("request_id"),
        SchedulerOptions = Json("scheduler_options"),
        GraceSeconds = Get<double?>("grace_sec", null, (value, _) => value.GetDouble()),
        Tokens = Texts("tokens"),
        Plan = Get<RunPlan?>("plan", null, (value, _) => RunPlanJson.Read(value)),
    };

    private string ReadRunId()
    {
        var expected = Path.GetFileNameWithoutExtension(path);
        if (!fields.TryGetValue("run_id", out var field))
            return expected;
        var offset = field.Offset;
        var runId = Text("run_id") ?? expected;
        return string.Equals(runId, expected, StringComparison.Ordinal)
            ? runId
            : throw Damaged($"says that it belongs to the run '{runId}'", offset);
    }

    private string? Text(string name) => Get<string?>(name, null, JsonParts.AsText);

    private JsonElement? Json(string name) => Get<JsonElement?>(name, null, (value, _) => value);

    /// <summary>Numbers are taken for text here: job ids of the original are now and then numbers.</summary>
    private List<string>? Texts(string name) => Get<List<string>?>(
        name,
        null,
        (value, _) => value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number ? item.GetRawText() : JsonParts.AsText(item, name))]
            : throw new FormatException($"field '{name}' is not a list"));

    private T Get<T>(string name, T fallback, Func<JsonElement, string, T> convert)
    {
        if (!fields.Remove(name, out var field) || field.Value.ValueKind == JsonValueKind.Null)
            return fallback;
        try
        {
            return convert(field.Value, name);
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or OverflowException)
        {
            throw Damaged($"cannot be used: {Shorten(error.Message)}", field.Offset, error);
        }
    }

    private HpcException Damaged(string fault, long offset, Exception? error = null)
    {
        var before = file.AsSpan(0, (int)Math.Min(offset, file.Length));
        return Damaged(fault, before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1, error);
    }

    private HpcException Damaged(string fault, long line, long column, Exception? error) =>
        new(ErrorCode.JournalCorrupt, $"The run's record '{path}':{line + 1}:{column + 1} {fault}.", Remedy, error);

    private static string Shorten(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? message : message[..end]).TrimEnd('.', ' ');
    }
}
