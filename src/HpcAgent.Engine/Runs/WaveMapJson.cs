using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Engine.Runs;

/// <summary>The wave map in the original's form, <c>{"0": [0, 1, ...]}</c>; in memory its ids are kept as ranges.</summary>
internal static class WaveMapJson
{
    /// <summary>Above this the listed ids would be megabytes; the plan has the same in a few numbers.</summary>
    internal const long MaxListedCount = 100_000;

    internal static void Write(Utf8JsonWriter writer, IReadOnlyDictionary<int, IReadOnlyList<TaskIdRange>> map)
    {
        if (map.Count == 0 || map.Values.Sum(ranges => ranges.Sum(range => range.Count)) > MaxListedCount)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        foreach (var (wave, ranges) in map.OrderBy(pair => pair.Key))
        {
            writer.WriteStartArray(wave.ToString(CultureInfo.InvariantCulture));
            foreach (var range in ranges)
            {
                for (var id = range.First; id < range.First + range.Count; id++)
                    writer.WriteNumberValue(id);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <exception cref="FormatException">Not a map from wave numbers to lists of ids.</exception>
    internal static IReadOnlyDictionary<int, IReadOnlyList<TaskIdRange>> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new FormatException("field 'wave_map' is not an object");
        var map = new Dictionary<int, IReadOnlyList<TaskIdRange>>();
        foreach (var wave in json.EnumerateObject())
        {
            if (!int.TryParse(wave.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new FormatException($"field 'wave_map' has the wave '{wave.Name}', which is not a number");
            map[number] = ReadIds(JsonParts.Items(json, wave.Name));
        }

        return map;
    }

    private static List<TaskIdRange> ReadIds(IEnumerable<JsonElement> items)
    {
        var ranges = new List<TaskIdRange>();
        foreach (var item in items)
        {
            // The earliest records hold the ids as text.
            var id = item.ValueKind == JsonValueKind.String && long.TryParse(item.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
                ? parsed
                : JsonParts.AsInteger(item, "wave_map");
            if (ranges.Count > 0 && ranges[^1] is var last && last.First + last.Count == id)
                ranges[^1] = last with { Count = last.Count + 1 };
            else
                ranges.Add(new(id, 1));
        }

        return ranges;
    }
}
