using System.Collections;
using System.Text.Json;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Cmdlets;

/// <summary>
/// What <c>-AutoRetry</c> and what stands behind it mean: alone the usual policy, with a number so many retries a task at most, with a hashtable what that says.
/// </summary>
internal static class RetryWish
{
    private const string Remedy =
        "A policy is -AutoRetry, -AutoRetry 2 (so many retries a task), or -AutoRetry @{ SystemOutOfMemory = 2; max_run_retries = 100 }. If it is part of the command, put the whole command between quotes.";

    /// <summary>The policy as the engine reads it; null if none is given.</summary>
    /// <param name="autoRetry">The switch, or null if it is not given.</param>
    /// <param name="policy">What stands behind it, or null.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: it means nothing.</exception>
    public static JsonElement? Of(bool? autoRetry, object? policy)
    {
        if (autoRetry == false) return Json(writer => writer.WriteBooleanValue(false));
        return PlainValue.Of(policy) switch
        {
            null => autoRetry is null ? null : Json(writer => writer.WriteBooleanValue(true)),
            IDictionary map => Json(writer => Write(writer, map, isRule: false)),
            int or long when autoRetry is null => throw new HpcException(ErrorCode.SpecInvalid, $"it is not clear what {policy} is meant for", Remedy),
            int count => Json(writer => writer.WriteNumberValue(count)),
            bool on => Json(writer => writer.WriteBooleanValue(on)),
            _ => throw new HpcException(ErrorCode.SpecInvalid, $"'{policy}' is no policy for failed tasks", Remedy),
        };
    }

    private static void Write(Utf8JsonWriter writer, IDictionary map, bool isRule)
    {
        writer.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            writer.WritePropertyName(Name($"{entry.Key}", isRule));
            switch (entry.Value)
            {
                case IDictionary rule when !isRule: Write(writer, rule, isRule: true); break;
                case int number: writer.WriteNumberValue(number); break;
                case double number: writer.WriteNumberValue(number); break;
                case bool value: writer.WriteBooleanValue(value); break;
                default: writer.WriteStringValue(PlainText.Of(ParameterValue.Normalize(entry.Value))); break;
            }
        }
        writer.WriteEndObject();
    }

    // As Get-HpcFailure shows the kinds, as PowerShell writes names, or as JSON does.
    private static string Name(string name, bool isRule)
    {
        if (!isRule && Enum.TryParse(name, ignoreCase: true, out FailureCategory category) && Enum.IsDefined(category)) return FailureCategoryName.Of(category);
        return name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant() switch
        {
            "maxretries" => "max_retries",
            "maxrunretries" => "max_run_retries",
            "memoryfactor" => "memory_factor",
            "walltimefactor" => "walltime_factor",
            "gputype" => "gpu_type",
            var other => isRule ? other : name,
        };
    }

    private static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text)) write(writer);
        using JsonDocument document = JsonDocument.Parse(text.ToArray());
        return document.RootElement.Clone();
    }
}
