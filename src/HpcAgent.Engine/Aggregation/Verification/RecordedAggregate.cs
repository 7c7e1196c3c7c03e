using System.Globalization;
using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Aggregation;

/// <summary>What an <c>aggregate.json</c> says.</summary>
internal sealed record RecordedAggregate
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>Its full identity.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>The digest of the inputs; null in files of earlier versions.</summary>
    public string? InputDigest { get; init; }

    /// <summary>The grouping parameters.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    /// <summary>The quantiles.</summary>
    public required IReadOnlyList<double> Probabilities { get; init; }

    /// <summary>The groups: the key, and the whole group, both as JSON without spaces.</summary>
    public required IReadOnlyList<(string Key, string Text)> Groups { get; init; }

    /// <summary>The same of an aggregate that was made now.</summary>
    /// <param name="aggregate">The aggregate.</param>
    public static IReadOnlyList<(string Key, string Text)> GroupsOf(Aggregate aggregate)
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content))
        {
            writer.WriteStartArray();
            foreach (AggregateGroup group in aggregate.Groups) AggregateJson.WriteGroup(writer, group);
            writer.WriteEndArray();
        }
        using JsonDocument json = JsonDocument.Parse(content.ToArray());
        return ReadGroups(json.RootElement);
    }

    /// <summary>Reads a file; null if it is not there.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: it cannot be used.</exception>
    public static async Task<RecordedAggregate?> TryReadAsync(string path, CancellationToken token)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, token));
            JsonElement root = json.RootElement;
            JsonElement groups = JsonParts.Required(root, "groups");
            return new RecordedAggregate
            {
                Path = path,
                RunId = JsonParts.Text(root, "run_id"),
                IdentitySha = JsonParts.TryText(root, "identity_sha") ?? "",
                InputDigest = JsonParts.TryText(root, "input_digest"),
                GroupBy = JsonParts.Strings(root, "group_by"),
                Probabilities = ProbabilitiesOf(groups),
                Groups = ReadGroups(groups),
            };
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new HpcException(ErrorCode.JournalCorrupt, $"{path} cannot be used: {e.Message}", "Make it again with aggregate-flow.", e);
        }
    }

    private static double[] ProbabilitiesOf(JsonElement groups) =>
    [
        .. groups.EnumerateArray().SelectMany(g => g.GetProperty("metrics").EnumerateObject())
            .Where(m => m.Value.TryGetProperty("quantiles", out _)).SelectMany(m => m.Value.GetProperty("quantiles").EnumerateObject())
            .Select(q => double.Parse(q.Name, NumberStyles.Float, CultureInfo.InvariantCulture)).Distinct().Order(),
    ];

    private static (string Key, string Text)[] ReadGroups(JsonElement groups) =>
        [.. groups.EnumerateArray().Select(g => (Compact(g.GetProperty("key")), Compact(g)))];

    private static string Compact(JsonElement element)
    {
        using MemoryStream content = new();
        using (Utf8JsonWriter writer = new(content)) element.WriteTo(writer);
        return Encoding.UTF8.GetString(content.ToArray());
    }
}
