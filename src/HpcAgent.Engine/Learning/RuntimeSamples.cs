using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Learning;

/// <summary>
/// What tasks of one experiment took on one cluster: checked JSON lines (<see cref="ChecksumLine"/>), only ever added to, until the file has become
/// large; then its older half is dropped. A later line about the same attempt replaces the earlier one.
/// </summary>
public sealed class RuntimeSamples
{
    /// <summary>A file that has become larger loses its older half: some ten thousand samples stay.</summary>
    internal const long MaxBytes = 4 << 20;

    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(10);

    /// <summary>Names the file; nothing is created.</summary>
    /// <param name="repository">The state of the experiment.</param>
    /// <param name="cluster">The cluster.</param>
    public RuntimeSamples(RepositoryFolder repository, string cluster)
    {
        ArgumentNullException.ThrowIfNull(repository);
        FilePath = Path.Join(repository.FolderPath, "runtimes", cluster + ".jsonl");
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>Reads the samples, each attempt once, in the order in which they were written last. What is damaged is left out.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<IReadOnlyList<RuntimeSample>> ReadAsync(CancellationToken cancellationToken = default)
    {
        HashSet<(string, long, int)> seen = [];
        List<RuntimeSample> samples = [];
        // From the end on, since the later line counts.
        foreach (CheckedLine line in (await LinesAsync(cancellationToken)).Reverse())
            if (RuntimeSampleJson.TryRead(line.Text) is { } sample && seen.Add(sample.Key)) samples.Add(sample);
        samples.Reverse();
        return samples;
    }

    /// <summary>Adds samples: of attempts that are not there yet, and of those of which more is known now.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="cancellationToken">Ends the wait for the lock; a write that has begun is finished.</param>
    /// <returns>How many were added.</returns>
    /// <exception cref="HpcException">The file cannot be read or written.</exception>
    public async Task<int> AddAsync(IReadOnlyList<RuntimeSample> samples, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count == 0) return 0;
        using FileLock held = await FileLock.AcquireAsync(Path.ChangeExtension(FilePath, ".lock"), "samples of run times", s_wait, cancellationToken);
        Dictionary<(string, long, int), RuntimeSample> known = (await ReadAsync(cancellationToken)).ToDictionary(s => s.Key);
        RuntimeSample[] news = [.. samples.Where(s => !known.TryGetValue(s.Key, out RuntimeSample? before) || s.KnownCount > before.KnownCount)];
        if (news.Length == 0) return 0;
        using MemoryStream text = new();
        foreach (RuntimeSample sample in news) ChecksumLine.Write(RuntimeSampleJson.Write(sample), text);
        FileInfo file = new(FilePath);
        if (file.Exists && file.Length + text.Length > MaxBytes) await ShortenAsync(text, cancellationToken);
        else await DurableFile.AppendAsync(FilePath, text.ToArray(), flush: false, cancellationToken);
        return news.Length;
    }

    private async Task ShortenAsync(MemoryStream news, CancellationToken cancellationToken)
    {
        IReadOnlyList<CheckedLine> lines = await LinesAsync(cancellationToken);
        using MemoryStream text = new();
        foreach (CheckedLine line in lines.Skip(lines.Count / 2)) ChecksumLine.Write(line.Text.Span, text);
        news.WriteTo(text);
        await DurableFile.WriteAsync(FilePath, text.ToArray(), cancellationToken);
    }

    private async Task<IReadOnlyList<CheckedLine>> LinesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return ChecksumLines.Read(await File.ReadAllBytesAsync(FilePath, cancellationToken)).Lines;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.ReadFailed(error, FilePath);
        }
    }
}
