using System.IO.Compression;
using System.Security.Cryptography;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations.Aggregation;
using HpcAgent.Engine.Tests.NodeScripts;
using HpcAgent.Kernels;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>A random run on disk, and the ways in which its results can be reduced.</summary>
internal sealed class RunFolder : IDisposable
{
    private readonly RunCase _run;
    private readonly Random _random;
    private readonly ArchivedRun _archived;
    private readonly PackRun _packs;

    public RunFolder(RunCase run)
    {
        (_run, _random) = (run, new Random(run.Seed));
        _archived = new ArchivedRun(run.Tasks.Count, run.TasksPerWave, parameters: [.. run.Tasks.Select(t => t.Parameters)]);
        _packs = new PackRun(run.Tasks.Count, run.TasksPerWave, _archived.Layout.Root);
    }

    /// <summary>The tasks whose time has come.</summary>
    public HashSet<long> Present { get; } = [];

    /// <summary>Writes the files of a round.</summary>
    public void Write(int round)
    {
        for (int id = 0; id < _run.Tasks.Count; id++)
        {
            if (_run.Tasks[id].Round != round) continue;
            _ = Present.Add(id);
            if (_run.Tasks[id].Content is { } content) _ = _packs.Write(id, content);
        }
    }

    /// <summary>Packs what is there by the script of the cluster.</summary>
    public Task PackAsync(IReadOnlyList<string> awks) => _packs.PackAsync("dash", awks[_random.Next(awks.Count)]);

    public Task<Aggregate> FilesAsync(IEnumerable<long>? tasks = null, int threads = 0) => ReduceAsync(new ResultFiles(_packs.PathOf), tasks, threads);

    public Task<Aggregate> PacksAsync(IEnumerable<long>? tasks = null) => ReduceAsync(_packs.Packs(), tasks);

    /// <summary>Packs of which some are compressed, and some there twice.</summary>
    public Task<Aggregate> MixedPacksAsync()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_packs.Root, "mixed")).FullName;
        List<string> paths = [];
        foreach (string path in _packs.Packs().Paths)
        {
            for (int copies = _random.Next(5) == 0 ? 2 : 1; copies > 0; copies--)
                paths.Add(Copy(path, Path.Combine(folder, FormattableString.Invariant($"{paths.Count}.ndjson")), _random.Next(2) == 0));
        }
        return ReduceAsync(new PackedResults([.. paths.OrderBy(_ => _random.Next())]), null);
    }

    /// <summary>The archive, of which some waves may be compressed.</summary>
    public async Task<Aggregate> ArchiveAsync(bool isCompressed)
    {
        _ = await _archived.PackAsync();
        if (isCompressed)
        {
            foreach (string path in Directory.GetFiles(Path.Combine(_archived.Archive, "waves")).Where(_ => _random.Next(3) > 0))
            {
                _ = Copy(path, path, isCompressed: true);
                File.Delete(path);
            }
        }
        using RunResults results = await WaveArchive.OpenAsync([_archived.Archive], CancellationToken.None);
        return await results.AggregateAsync(_run.GroupBy, Oracle.Probabilities, CancellationToken.None);
    }

    /// <summary>The packs of the cluster's script and those of the archive, which must be the same files.</summary>
    public async Task<(IReadOnlyList<PackedWave> Packs, IReadOnlyList<PackedWave> Archive)> PackBothAsync(IReadOnlyList<string> awks)
    {
        IReadOnlyList<PackedWave> named = PackRun.Read(await _packs.PackAsync("dash", awks[_random.Next(awks.Count)]));
        WaveManifest manifest = await _archived.PackAsync();
        Assert.All(named, wave => Assert.Equal(_packs.Pack(wave.Index), File.ReadAllBytes(Wave(wave.Index))));
        return ([.. named.Select(wave => wave with { IsFresh = false })], [.. manifest.Waves.Select(wave => wave with { IsFresh = false, Sha256 = "" })]);
    }

    /// <summary>The metrics of each group by reductions of parts, merged in any order.</summary>
    public IReadOnlyList<IReadOnlyList<MetricSummary>> Merged()
    {
        long[][] groups = [.. Oracle.Groups(_run)];
        List<(MetricsReader Reader, Reduction Reduction)> parts = [];
        for (int i = _random.Next(1, 7); i > 0; i--)
        {
            MetricsReader reader = new(new MetricNames());
            parts.Add((reader, new Reduction(reader.Names, groups.Length, keepsValues: true)));
        }
        foreach (long id in Present.OrderBy(_ => _random.Next()))
        {
            (MetricsReader reader, Reduction reduction) = parts[_random.Next(parts.Count)];
            if (_run.Tasks[(int)id].Content is { } content && reader.TryRead(content, out _))
                reduction.Add(Array.FindIndex(groups, g => g.Contains(id)), reader);
        }
        while (parts.Count > 1)
        {
            int from = _random.Next(parts.Count);
            Reduction other = parts[from].Reduction;
            parts.RemoveAt(from);
            parts[_random.Next(parts.Count)].Reduction.Merge(other);
        }
        return [.. groups.Select((_, g) => parts[0].Reduction.Summarize(g, Oracle.Probabilities))];
    }

    /// <summary>Where a task's metrics lie.</summary>
    public string PathOf(long task) => _packs.PathOf(task);

    /// <summary>Where a wave of the archive lies.</summary>
    public string Wave(int number) => _archived.Wave(number);

    /// <summary>The archive, and the aggregate that is recorded of it.</summary>
    public async Task<RecordedAggregate> RecordAsync()
    {
        _ = await _archived.PackAsync();
        using RunResults results = _archived.Results();
        string path = Path.Combine(_archived.Layout.RemotePath, "aggregate.json");
        File.WriteAllBytes(path, AggregateJson.ToBytes(await results.AggregateAsync(_run.GroupBy, [0.5], CancellationToken.None)));
        return (await RecordedAggregate.TryReadAsync(path, CancellationToken.None))!;
    }

    public Task<AggregateCheck> CheckArchiveAsync(RecordedAggregate recorded) => _archived.CheckAsync(recorded);

    public async Task<AggregateCheck> CheckFilesAsync(RecordedAggregate recorded)
    {
        using RunResults results = _archived.Results();
        return await AggregateVerifier.VerifyAsync(new VerificationSubject(results) { Recorded = recorded, StrayTaskIds = StrayResults.In(results) }, CancellationToken.None);
    }

    /// <summary>Makes the archive say of a wave what it is now, as if it had been packed so.</summary>
    public async Task AdmitAsync(int wave)
    {
        string path = Path.Combine(_archived.Archive, WaveManifest.FileName);
        WaveManifest manifest = (await WaveArchive.ManifestAsync(_archived.Archive, CancellationToken.None))!;
        string sha = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Wave(wave)))).ToLowerInvariant();
        File.WriteAllBytes(path, (manifest with { Waves = [.. manifest.Waves.Select(w => w.Index == wave ? w with { Sha256 = sha } : w)] }).ToBytes());
    }

    public void Dispose()
    {
        _packs.Dispose();
        _archived.Dispose();
    }

    private Task<Aggregate> ReduceAsync(ResultSource source, IEnumerable<long>? tasks, int threads = 0) => Experiment.RunAsync(
        new AggregationRequest
        {
            RunId = "",
            CmdSha = "",
            IdentitySha = "",
            TaskCount = _run.Tasks.Count,
            Tasks = _run.Tasks.Select((t, id) => new RunTask(id, t.Parameters)),
            Source = source,
            GroupBy = _run.GroupBy,
            TaskIds = tasks,
            Probabilities = Oracle.Probabilities,
            ThreadCount = threads > 0 ? threads : _random.Next(1, 7),
        });

    private static string Copy(string path, string target, bool isCompressed)
    {
        if (!isCompressed)
        {
            File.Copy(path, target);
            return target;
        }
        using FileStream file = File.Create(target + ".gz");
        using GZipStream gzip = new(file, CompressionLevel.Fastest);
        gzip.Write(File.ReadAllBytes(path));
        return target + ".gz";
    }
}
