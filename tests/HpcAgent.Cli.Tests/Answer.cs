using System.Text.Json;

namespace HpcAgent.Cli.Tests;

/// <summary>The answer of a verb.</summary>
public sealed record Answer(int ExitCode, JsonElement Json, string Error)
{
    public bool IsOk => Json.GetProperty("ok").GetBoolean();

    public JsonElement Data => Json.GetProperty("data");

    public string ErrorCode => Json.GetProperty("error_code").GetString()!;

    public string Message => Json.GetProperty("message").GetString()!;

    public string Remediation => Json.GetProperty("remediation").GetString()!;

    public string RunId => Data.GetProperty("run_id").GetString()!;

    public string State => Data.GetProperty("lifecycle_state").GetString()!;

    public long Count(string state) =>
        Data.GetProperty("last_status").GetProperty("states").TryGetProperty(state, out JsonElement count) ? count.GetInt64() : 0;

    public IReadOnlyList<string> Warnings => [.. Data.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()!)];

    public IReadOnlyList<JsonElement> Tasks => [.. Data.GetProperty("last_status").GetProperty("tasks").EnumerateArray()];
}
