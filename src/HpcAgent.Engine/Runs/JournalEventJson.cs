using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>The JSON of journal events: <c>{"seq":1,"at":"...","event":"intent",...}</c>.</summary>
internal static class JournalEventJson
{
    private const string Intent = "intent";
    private const string Sent = "sent";
    private const string JobId = "job_id";
    private const string Submitted = "submitted";
    private const string Observed = "observed";
    private const string Ended = "ended";
    private const string StopRequested = "stop_requested";
    private const string Removed = "removed";
    private const string Note = "note";

    internal static byte[] Write(JournalEvent item)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", item.Sequence);
            writer.WriteString("at", item.At.ToUniversalTime());
            WriteContent(writer, item);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <exception cref="FormatException">A field is missing or of another type.</exception>
    /// <exception cref="JsonException">Not JSON.</exception>
    internal static JournalEvent Read(ReadOnlyMemory<byte> text)
    {
        using var document = JsonDocument.Parse(text);
        var json = document.RootElement;
        return ReadContent(json, JsonParts.Text(json, "event")) with
        {
            Sequence = JsonParts.Integer(json, "seq"),
            At = JsonParts.TryTime(json, "at") ?? throw new FormatException("field 'at' is missing"),
        };
    }

    private static void WriteContent(Utf8JsonWriter writer, JournalEvent item)
    {
        switch (item)
        {
            case IntentEvent intent:
                writer.WriteString("event", Intent);
                WriteIntent(writer, intent);
                break;
            case JobIdEvent job:
                writer.WriteString("event", JobId);
                writer.WriteNumber("array", job.ArrayIndex);
                writer.WriteString("token", job.Token);
                writer.WriteString("id", job.JobId);
                break;
            case ObservedEvent observed:
                writer.WriteString("event", Observed);
                writer.WriteString("lifecycle", SnakeCase<LifecycleState>.Write(observed.Lifecycle));
                if (observed.Counts is { } counts)
                    TaskCountsJson.Write(writer, "counts", counts);
                break;
            case EndedEvent ended:
                writer.WriteString("event", Ended);
                writer.WriteString("lifecycle", SnakeCase<LifecycleState>.Write(ended.Lifecycle));
                JsonParts.WriteOptional(writer, "reason", ended.Reason);
                break;
            case NoteEvent note:
                writer.WriteString("event", Note);
                writer.WriteString("text", note.Text);
                break;
            default:
                writer.WriteString("event", NameOf(item));
                break;
        }
    }

    private static string NameOf(JournalEvent item) => item switch
    {
        SentEvent => Sent,
        SubmittedEvent => Submitted,
        StopRequestedEvent => StopRequested,
        RemovedEvent => Removed,
        _ => throw new ArgumentException($"{item.GetType().Name} has no form in the journal.", nameof(item)),
    };

    private static JournalEvent ReadContent(JsonElement json, string kind) => kind switch
    {
        Intent => ReadIntent(json),
        Sent => new SentEvent(),
        JobId => new JobIdEvent(JsonParts.SmallInteger(json, "array"), JsonParts.Text(json, "token"), JsonParts.Text(json, "id")),
        Submitted => new SubmittedEvent(),
        Observed => new ObservedEvent(ReadLifecycle(json), TaskCountsJson.TryRead(json, "counts")),
        Ended => new EndedEvent(ReadLifecycle(json), JsonParts.TryText(json, "reason")),
        StopRequested => new StopRequestedEvent(),
        Removed => new RemovedEvent(),
        Note => new NoteEvent(JsonParts.Text(json, "text")),
        _ => new UnknownEvent(kind, json.Clone()),
    };

    private static LifecycleState ReadLifecycle(JsonElement json) =>
        SnakeCase<LifecycleState>.TryRead(JsonParts.Text(json, "lifecycle")) ?? throw new FormatException("field 'lifecycle' has an unknown value");

    private static void WriteIntent(Utf8JsonWriter writer, IntentEvent intent)
    {
        writer.WriteString("identity_sha", intent.IdentitySha);
        writer.WriteString("cmd_sha", intent.CmdSha);
        writer.WriteString("cluster", intent.Cluster);
        writer.WriteString("profile", intent.Profile);
        writer.WriteNumber("task_count", intent.TaskCount);
        writer.WriteString("command", intent.Command);
        writer.WriteString("remote_path", intent.RemotePath);
        writer.WriteString("result_path", intent.ResultPath);
        JsonParts.WriteOptional(writer, "campaign_id", intent.CampaignId);
        JsonParts.WriteOptional(writer, "request_id", intent.RequestId);
        JsonParts.WriteStrings(writer, "tokens", intent.Tokens);
        if (intent.Plan is not { } plan)
            return;
        writer.WritePropertyName("plan");
        RunPlanJson.Write(writer, plan);
    }

    private static IntentEvent ReadIntent(JsonElement json) => new()
    {
        IdentitySha = JsonParts.Text(json, "identity_sha"),
        CmdSha = JsonParts.Text(json, "cmd_sha"),
        Cluster = JsonParts.Text(json, "cluster"),
        Profile = JsonParts.Text(json, "profile"),
        TaskCount = JsonParts.Integer(json, "task_count"),
        Command = JsonParts.Text(json, "command"),
        RemotePath = JsonParts.Text(json, "remote_path"),
        ResultPath = JsonParts.Text(json, "result_path"),
        CampaignId = JsonParts.TryText(json, "campaign_id"),
        RequestId = JsonParts.TryText(json, "request_id"),
        Tokens = JsonParts.Strings(json, "tokens"),
        Plan = json.TryGetProperty("plan", out var plan) ? RunPlanJson.Read(plan) : null,
    };
}
