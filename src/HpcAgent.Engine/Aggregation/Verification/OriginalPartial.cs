using System.Text.Json;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Aggregation;

/// <summary>The partial aggregates of the original, <c>wave_N.json</c>: {wave, run_id, task_ids, grid_points, errors} (reference 5.7).</summary>
/// <param name="Path">The file.</param>
/// <param name="RunId">Whose it says that it is; null if it says nothing.</param>
/// <param name="Wave">The wave that it says that it is; null if it says nothing.</param>
/// <param name="TaskIds">The tasks that went into it.</param>
/// <param name="Keys">Its grid points.</param>
/// <param name="Fault">Why it cannot be read; null if it can.</param>
internal sealed record OriginalPartial(string Path, string? RunId, long? Wave, IReadOnlyList<long> TaskIds, IReadOnlyList<string> Keys, string? Fault)
{
    /// <summary>The partials directly in a folder.</summary>
    /// <param name="folder">The folder.</param>
    public static IReadOnlyList<OriginalPartial> In(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "wave_*.json").Where(p => !p.EndsWith(".runtime.json", StringComparison.Ordinal))
            .OrderBy(p => WaveFile.NumberOf(p) ?? int.MaxValue).ThenBy(p => p, StringComparer.Ordinal).Select(Read),
    ];

    /// <summary>What is wrong with whose it says that it is, for a run; null if nothing.</summary>
    /// <param name="runId">The run.</param>
    public string? Mismatch(string runId)
    {
        if (Fault is not null) return $"{Path} cannot be read: {Fault}";
        if (RunId is null || Wave is null) return $"{Path} does not say of which run and wave it is";
        if (RunId != runId) return $"{Path} is of the run {RunId}";
        return Wave == WaveFile.NumberOf(Path) ? null : FormattableString.Invariant($"{Path} says that it is wave {Wave}");
    }

    private static OriginalPartial Read(string path)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Broken(path, "it is not a JSON object");
            return new OriginalPartial(
                path,
                JsonParts.TryText(root, "run_id"),
                JsonParts.TryInteger(root, "wave"),
                [.. JsonParts.Items(root, "task_ids").Select(id => JsonParts.AsInteger(id, "task_ids"))],
                JsonParts.TryObject(root, "grid_points") is { ValueKind: JsonValueKind.Object } points ? [.. points.EnumerateObject().Select(p => p.Name)] : [],
                null);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return Broken(path, e.Message);
        }
    }

    private static OriginalPartial Broken(string path, string fault) => new(path, null, null, [], [], fault);
}
