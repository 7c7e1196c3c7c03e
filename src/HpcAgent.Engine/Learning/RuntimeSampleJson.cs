using System.Text.Json;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Learning;

/// <summary>Samples as JSON, in the original's names where it has one.</summary>
internal static class RuntimeSampleJson
{
    public static byte[] Write(RuntimeSample sample)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("run_id"u8, sample.RunId);
            writer.WriteNumber("task_id"u8, sample.TaskId);
            writer.WriteNumber("attempt"u8, sample.Attempt);
            writer.WriteString("state"u8, TaskStateName.Bytes(sample.State));
            writer.WriteString("command"u8, sample.Command);
            writer.WriteString("cmd_sha"u8, sample.CmdSha);
            if (sample.Node is { } node) writer.WriteString("node"u8, node);
            if (sample.StartedAt is { } started) writer.WriteString("started_at"u8, started.ToUniversalTime());
            writer.WriteNumber("elapsed_sec"u8, Math.Round(sample.Elapsed.TotalSeconds, 3));
            if (sample.ExitCode is { } exit) writer.WriteNumber("exit_code"u8, exit);
            if (sample.PeakMemoryBytes is { } peak) writer.WriteNumber("peak_host_mem_bytes"u8, peak);
            if (sample.CpuTime is { } cpu) writer.WriteNumber("cpu_seconds_used"u8, Math.Round(cpu.TotalSeconds, 3));
            if (sample.QueueWait is { } wait) writer.WriteNumber("queue_wait_sec"u8, Math.Round(wait.TotalSeconds, 3));
            writer.WriteNumber("cpus_requested"u8, sample.CpusAsked);
            if (sample.MemoryAskedBytes is { } memory) writer.WriteNumber("mem_requested_bytes"u8, memory);
            if (sample.WalltimeAsked is { } limit) writer.WriteNumber("walltime_requested_sec"u8, Math.Round(limit.TotalSeconds, 3));
            writer.WriteEndObject();
        }
        return stream.ToArray();
    }

    /// <summary>Reads a sample; null if it is none that this version understands.</summary>
    public static RuntimeSample? TryRead(ReadOnlyMemory<byte> text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return new RuntimeSample
            {
                RunId = root.GetProperty("run_id").GetString() ?? "",
                TaskId = root.GetProperty("task_id").GetInt64(),
                Attempt = root.GetProperty("attempt").GetInt32(),
                State = TaskStateName.Parse(System.Text.Encoding.UTF8.GetBytes(root.GetProperty("state").GetString() ?? "")),
                Command = root.GetProperty("command").GetString() ?? "",
                CmdSha = root.TryGetProperty("cmd_sha", out JsonElement sha) ? sha.GetString() ?? "" : "",
                Node = root.TryGetProperty("node", out JsonElement node) ? node.GetString() : null,
                StartedAt = root.TryGetProperty("started_at", out JsonElement started) ? started.GetDateTimeOffset() : null,
                Elapsed = Time(root, "elapsed_sec") ?? TimeSpan.Zero,
                ExitCode = root.TryGetProperty("exit_code", out JsonElement exit) ? exit.GetInt32() : null,
                PeakMemoryBytes = root.TryGetProperty("peak_host_mem_bytes", out JsonElement peak) ? peak.GetInt64() : null,
                CpuTime = Time(root, "cpu_seconds_used"),
                QueueWait = Time(root, "queue_wait_sec"),
                CpusAsked = root.TryGetProperty("cpus_requested", out JsonElement cpus) ? cpus.GetInt32() : 1,
                MemoryAskedBytes = root.TryGetProperty("mem_requested_bytes", out JsonElement memory) ? memory.GetInt64() : null,
                WalltimeAsked = Time(root, "walltime_requested_sec"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or OverflowException)
        {
            return null;
        }
    }

    private static TimeSpan? Time(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) ? TimeSpan.FromMilliseconds(Math.Round(value.GetDouble() * 1000)) : null;
}
