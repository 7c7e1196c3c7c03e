using System.Text.Json;
using System.Text.Json.Serialization;

namespace HpcAgent.Engine.Schedulers;

/// <summary>What a request asks of the scheduler, as JSON for the record of the run: a resumption asks for the same.</summary>
internal static class SchedulerOptionsJson
{
    /// <summary>The object, or null if nothing is asked for.</summary>
    public static JsonElement? Write(SchedulerOptions options)
    {
        JsonElement json = JsonSerializer.SerializeToElement(options, OptionsJson.Default.SchedulerOptions);
        // The list of flags is always there.
        return json.EnumerateObject().Skip(1).Any() || options.ExtraFlags.Count > 0 ? json : null;
    }

    /// <summary>What the object says; nothing for null or a foreign object.</summary>
    public static SchedulerOptions Read(JsonElement? json)
    {
        try
        {
            return json?.Deserialize(OptionsJson.Default.SchedulerOptions) ?? new SchedulerOptions();
        }
        catch (JsonException)
        {
            return new SchedulerOptions();
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SchedulerOptions))]
internal sealed partial class OptionsJson : JsonSerializerContext;
