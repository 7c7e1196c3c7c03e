using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>Reads fields of JSON objects; a missing or ill-typed one is a <see cref="FormatException"/> that names it.</summary>
internal static class JsonParts
{
    internal static void WriteStrings(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    internal static void WriteOptional(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    internal static JsonElement Required(JsonElement json, string name) =>
        TryGet(json, name) ?? throw new FormatException($"field '{name}' is missing");

    internal static JsonElement? TryObject(JsonElement json, string name) => TryGet(json, name);

    internal static string Text(JsonElement json, string name) =>
        TryText(json, name) ?? throw new FormatException($"field '{name}' is missing");

    internal static string? TryText(JsonElement json, string name) => TryGet(json, name) is { } value ? AsText(value, name) : null;

    internal static long Integer(JsonElement json, string name) =>
        TryInteger(json, name) ?? throw new FormatException($"field '{name}' is missing");

    internal static long? TryInteger(JsonElement json, string name) => TryGet(json, name) is { } value ? AsInteger(value, name) : null;

    internal static int SmallInteger(JsonElement json, string name) =>
        TrySmallInteger(json, name) ?? throw new FormatException($"field '{name}' is missing");

    internal static int? TrySmallInteger(JsonElement json, string name) => TryGet(json, name) is { } value ? AsSmallInteger(value, name) : null;

    internal static double? TryNumber(JsonElement json, string name) => TryGet(json, name) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            ? number
            : throw new FormatException($"field '{name}' is not a number");

    internal static DateTimeOffset? TryTime(JsonElement json, string name) => TryGet(json, name) is { } value ? AsTime(value, name) : null;

    internal static IReadOnlyList<string> Strings(JsonElement json, string name) =>
        [.. Items(json, name).Select(item => AsText(item, name))];

    internal static IEnumerable<JsonElement> Items(JsonElement json, string name) => TryGet(json, name) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } value => value.EnumerateArray(),
        _ => throw new FormatException($"field '{name}' is not a list"),
    };

    internal static string AsText(JsonElement value, string name) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new FormatException($"field '{name}' is not text");

    internal static long AsInteger(JsonElement value, string name) => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
        ? number
        : throw new FormatException($"field '{name}' is not a whole number");

    internal static int AsSmallInteger(JsonElement value, string name) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number
        : throw new FormatException($"field '{name}' is not a whole number of 32 bits");

    internal static DateTimeOffset AsTime(JsonElement value, string name) =>
        DateTimeOffset.TryParse(AsText(value, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new FormatException($"field '{name}' is not a time");

    private static JsonElement? TryGet(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("not an object");
        return json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
