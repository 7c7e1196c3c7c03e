using System.Text.Json;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Aggregation;

/// <summary>
/// An archive of a run's metrics that needs neither journal nor cluster: <c>waves/N.ndjson</c>, one record a line; <c>tasks/</c>, the table of the
/// tasks; <c>&lt;run id&gt;.json</c>, the record of the run; and <c>archive.json</c>, which says what was packed (<see cref="WaveManifest"/>). The mirror of a run
/// of a cluster is one too.
/// </summary>
internal static class WaveArchive
{
    /// <summary>The folder of the packs in an archive.</summary>
    public const string WavesFolder = "waves";

    /// <summary>Opens what was named: the folder of an archive, or packed files with table and record beside them or one folder up.</summary>
    /// <param name="paths">Absolute paths of one folder, or of files.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="HpcException">No packed file, table or record is there.</exception>
    public static async Task<RunResults> OpenAsync(IReadOnlyList<string> paths, CancellationToken token)
    {
        if (paths.Count == 0) throw new HpcException(ErrorCode.SpecInvalid, "no packed waves are named", "Give the folder of an archive, or its *.ndjson files.");
        List<string> waves = [];
        foreach (string path in paths)
        {
            if (Directory.Exists(path))
            {
                IReadOnlyList<string> inside = PacksIn(path);
                if (inside.Count == 0 && !File.Exists(ManifestPath(HomeOf(path))))
                    throw new HpcException(ErrorCode.OutputsMissing, $"the folder {path} holds no packed waves", "Give a folder with *.ndjson or *.ndjson.gz, or with a folder 'waves' of them.");
                waves.AddRange(inside);
            }
            else
            {
                if (!File.Exists(path)) throw new HpcException(ErrorCode.OutputsMissing, $"there is no file or folder {path}", "Correct the path.");
                waves.Add(path);
            }
        }
        string first = Directory.Exists(paths[0]) ? paths[0] : Path.GetDirectoryName(paths[0])!;
        string folder = Root(first) ?? throw new HpcException(
            ErrorCode.OutputsMissing,
            $"there is no task table beside the packed waves in {first}",
            $"Put the run's folder 'tasks' ({TaskTable.TableName} and {TaskTable.IndexName}) and its record <run id>.json beside them.");
        Sidecar sidecar = await SidecarAsync(folder, token);
        return RunResults.OfWaves(sidecar, Path.Combine(folder, "tasks"), waves, folder);
    }

    /// <summary>The folder of the archive to which a folder belongs: its folder of packs, or itself.</summary>
    /// <param name="folder">The absolute folder.</param>
    public static string HomeOf(string folder) =>
        Path.GetFileName(folder) == WavesFolder && !File.Exists(ManifestPath(folder)) ? Path.GetDirectoryName(folder)! : folder;

    /// <summary>The packs in a folder and in its folder of packs, oldest first.</summary>
    /// <param name="folder">The absolute folder.</param>
    public static IReadOnlyList<string> PacksIn(string folder) => [.. WaveFile.In(folder), .. WaveFile.In(Path.Combine(folder, WavesFolder))];

    /// <summary>What the archive says of itself; null if it says nothing.</summary>
    /// <param name="folder">The folder of the archive.</param>
    /// <param name="token">Ends the reading.</param>
    /// <exception cref="HpcException">It cannot be used.</exception>
    public static async Task<WaveManifest?> ManifestAsync(string folder, CancellationToken token)
    {
        string path = ManifestPath(folder);
        return File.Exists(path) ? WaveManifest.Parse(await File.ReadAllBytesAsync(path, token), path) : null;
    }

    /// <summary>Writes what the archive says of itself.</summary>
    /// <param name="folder">The folder of the archive.</param>
    /// <param name="manifest">What it says.</param>
    /// <param name="token">Ends the work.</param>
    public static Task WriteManifestAsync(string folder, WaveManifest manifest, CancellationToken token) =>
        DurableFile.WriteAsync(ManifestPath(folder), manifest.ToBytes(), token);

    /// <summary>Where the archive says it.</summary>
    /// <param name="folder">The folder of the archive.</param>
    public static string ManifestPath(string folder) => Path.Combine(folder, WaveManifest.FileName);

    private static string? Root(string folder)
    {
        string? parent = Path.GetDirectoryName(folder);
        return new[] { folder, parent }.FirstOrDefault(f => f is not null && File.Exists(Path.Combine(f, "tasks", TaskTable.TableName)));
    }

    private static async Task<Sidecar> SidecarAsync(string folder, CancellationToken token)
    {
        // The folder of a run on a cluster, or its mirror, has the record beside it.
        List<string> found = [.. Directory.EnumerateFiles(folder, "*.json").Where(IsRecord).Order(StringComparer.Ordinal)];
        string beside = folder + ".json";
        if (found.Count == 0 && File.Exists(beside)) found.Add(beside);
        if (found.Count != 1)
        {
            throw new HpcException(
                ErrorCode.OutputsMissing,
                found.Count == 0 ? $"there is no record of a run in {folder}" : $"there are several records of runs in {folder}: {string.Join(", ", found.Select(Path.GetFileName))}",
                "Put exactly one record, .hpc/runs/<run id>.json of the experiment, beside the packed waves.");
        }
        return SidecarFile.Parse(await File.ReadAllBytesAsync(found[0], token), found[0]);
    }

    private static bool IsRecord(string path)
    {
        if (!RunId.IsValid(Path.GetFileNameWithoutExtension(path)) || Path.GetFileName(path) is WaveManifest.FileName or "aggregate.json" or "reduced.json" or "order.json") return false;
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("sidecar_schema_version", out _);
        }
        catch (JsonException)
        {
            // Damage is told, with its place, by who reads the record.
            return WaveFile.NumberOf(path) is null;
        }
    }
}
