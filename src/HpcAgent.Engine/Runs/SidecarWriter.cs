using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>Writes a sidecar as JSON, the original's fields first, its checksum last.</summary>
internal static class SidecarWriter
{
    private static readonly JsonWriterOptions Options = new() { Indented = true };

    /// <summary>The bytes of the file.</summary>
    internal static byte[] Write(Sidecar sidecar)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Options))
        {
            writer.WriteStartObject();
            WriteIdentity(writer, sidecar);
            WriteContext(writer, sidecar);
            WritePolicy(writer, sidecar);
            WriteOwn(writer, sidecar);
            foreach (var (name, value) in sidecar.Extensions)
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            writer.WriteEndObject();
        }

        return SidecarChecksum.Append(stream.ToArray());
    }

    private static void WriteIdentity(Utf8JsonWriter writer, Sidecar sidecar)
    {
        writer.WriteNumber("sidecar_schema_version", sidecar.SchemaVersion);
        writer.WriteString("run_id", sidecar.RunId);
        writer.WriteString("cmd_sha", sidecar.CmdSha);
        writer.WriteString("tasks_py_sha", sidecar.TasksPySha);
        writer.WriteString("hpc_agent_version", sidecar.AgentVersion);
        if (sidecar.SubmittedAt is { } time)
            writer.WriteString("submitted_at", time.ToUniversalTime());
    }

    private static void WriteContext(Utf8JsonWriter writer, Sidecar sidecar)
    {
        writer.WriteString("executor", sidecar.Executor);
        writer.WriteString("result_dir_template", sidecar.ResultDirTemplate);
        writer.WriteNumber("task_count", sidecar.TaskCount);
        writer.WritePropertyName("wave_map");
        WaveMapJson.Write(writer, sidecar.WaveMap);
        writer.WriteString("cluster", sidecar.Cluster);
        writer.WriteString("profile", sidecar.Profile);
        writer.WriteString("project", sidecar.Project);
        writer.WriteString("remote_path", sidecar.RemotePath);
        JsonParts.WriteOptional(writer, "campaign_id", sidecar.CampaignId);
    }

    private static void WritePolicy(Utf8JsonWriter writer, Sidecar sidecar)
    {
        WriteOptional(writer, "resources", sidecar.Resources);
        WriteOptional(writer, "env", sidecar.Env);
        if (sidecar.MaxRetries is { } retries)
            writer.WriteNumber("max_retries", retries);
        writer.WriteString("runtime", sidecar.Runtime);
        WriteOptional(writer, "auto_retry", sidecar.AutoRetry);
        WriteOptional(writer, "aggregate_defaults", sidecar.AggregateDefaults);
        WriteOptional(writer, "results", sidecar.Results);
        JsonParts.WriteStrings(writer, "parent_run_ids", sidecar.ParentRunIds);
        JsonParts.WriteStrings(writer, "job_ids", sidecar.JobIds);
    }

    private static void WriteOwn(Utf8JsonWriter writer, Sidecar sidecar)
    {
        JsonParts.WriteOptional(writer, "identity_sha", sidecar.IdentitySha);
        JsonParts.WriteOptional(writer, "code_digest", sidecar.CodeDigest);
        JsonParts.WriteOptional(writer, "snapshot", sidecar.Snapshot);
        JsonParts.WriteOptional(writer, "command", sidecar.Command);
        if (sidecar.Arguments is { } arguments)
            JsonParts.WriteStrings(writer, "arguments", arguments);
        JsonParts.WriteOptional(writer, "command_kind", sidecar.CommandKind is { } kind ? SnakeCase<CommandKind>.Write(kind) : null);
        JsonParts.WriteOptional(writer, "shell", sidecar.Shell);
        JsonParts.WriteOptional(writer, "request_id", sidecar.RequestId);
        WriteOptional(writer, "scheduler_options", sidecar.SchedulerOptions);
        if (sidecar.GraceSeconds is { } grace)
            writer.WriteNumber("grace_sec", grace);
        if (sidecar.Tokens is { } tokens)
            JsonParts.WriteStrings(writer, "tokens", tokens);
        if (sidecar.Plan is { } plan)
        {
            writer.WritePropertyName("plan");
            RunPlanJson.Write(writer, plan);
        }
    }

    private static void WriteOptional(Utf8JsonWriter writer, string name, JsonElement? value)
    {
        if (value is not { } element)
            return;
        writer.WritePropertyName(name);
        element.WriteTo(writer);
    }
}
