using System.Text.Json;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>A run of tasks, if nothing else is said with the parameters lr and seed, whose results lie in a folder, with all that belongs beside them.</summary>
internal sealed class ArchivedRun : IDisposable
{
    public const string RunId = "sweep-1";

    private readonly TempFolder _folder = new();
    private readonly int _perWave;

    public ArchivedRun(
        int taskCount, int perWave, JsonElement? results = null, IReadOnlyList<IReadOnlyDictionary<string, object?>>? parameters = null)
    {
        _perWave = perWave;
        Sidecar = new Sidecar
        {
            RunId = RunId,
            CmdSha = new string('c', 64),
            IdentitySha = "f00d",
            TaskCount = taskCount,
            WaveMap = Enumerable.Range(0, (taskCount + perWave - 1) / perWave).ToDictionary(
                w => w, w => (IReadOnlyList<TaskIdRange>)[new TaskIdRange((long)w * perWave, Math.Min(perWave, taskCount - w * perWave))]),
            Results = results,
        };
        Layout = new RunLayout(_folder.Path, RunId);
        parameters ??= [.. Enumerable.Range(0, taskCount).Select(i => new Dictionary<string, object?>(StringComparer.Ordinal) { ["lr"] = i % 2 == 0 ? 0.1 : 0.01, ["seed"] = (long)i })];
        _ = TaskTable.Write(HpcAgent.Engine.Tasks.TaskSet.FromMaps(parameters), Layout.Tasks);
        Run run = new()
        {
            RunId = RunId,
            Cluster = "local",
            TaskCount = taskCount,
            CmdSha = Sidecar.CmdSha,
            IdentitySha = "f00d",
            Command = "true",
            ExperimentPath = _folder.Path,
            RemotePath = _folder.Path,
            ResultPath = "",
            SubmittedAt = DateTimeOffset.UnixEpoch,
        };
        Record = new RunRecord { Run = run, Sidecar = Sidecar, Journal = new JournalState { RunId = RunId } };
    }

    public Sidecar Sidecar { get; }

    public RunRecord Record { get; }

    public RunLayout Layout { get; }

    public string Archive => Path.Combine(_folder.Path, "archive");

    public string Wave(int number) => Path.Combine(Archive, "waves", $"{number}.ndjson");

    public RunResults Results() => RunResults.OfRun(Record, Layout, null);

    public void Metrics(long task, string text)
    {
        string path = Path.Combine(Layout.Results, RunLayout.DefaultResultFolder(task), "metrics.json");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public async Task<WaveManifest> PackAsync()
    {
        using RunResults results = Results();
        Aggregate whole = await results.AggregateAsync([], [], CancellationToken.None);
        return await WaveArchiveWriter.WriteAsync(results, Layout.Tasks, Archive, whole.InputDigest, CancellationToken.None, _perWave);
    }

    public async Task<Aggregate> AggregateAsync(params string[] paths)
    {
        using RunResults results = paths.Length == 0 ? Results() : await WaveArchive.OpenAsync(paths, CancellationToken.None);
        return await results.AggregateAsync(null, [0.25], CancellationToken.None);
    }

    /// <summary>Looks at an archive as the operation does.</summary>
    public async Task<AggregateCheck> CheckAsync(RecordedAggregate? recorded = null)
    {
        string[] waves = [.. WaveFile.In(Path.Combine(Archive, "waves"))];
        using RunResults results = RunResults.OfWaves(Sidecar, Layout.Tasks, waves, Archive);
        return await AggregateVerifier.VerifyAsync(
            new VerificationSubject(results)
            {
                Waves = waves,
                Partials = OriginalPartial.In(Archive),
                Manifest = await WaveArchive.ManifestAsync(Archive, CancellationToken.None),
                ArchiveFolder = Archive,
                Recorded = recorded,
                TableFolder = Layout.Results,
            },
            CancellationToken.None);
    }

    public void Dispose() => _folder.Dispose();
}
