namespace HpcAgent.Engine.Batch;

/// <summary>Where the archives of an answer are put as they arrive; memory could be too small for them. They go when they were unpacked.</summary>
internal sealed class ArchiveFolder : IDisposable
{
    private readonly string _folder;
    private readonly Dictionary<string, FileStream> _open = new(StringComparer.Ordinal);

    /// <summary>Names the place; nothing is created before an archive comes.</summary>
    /// <param name="run">The run's folder in the mirror.</param>
    public ArchiveFolder(string run) => _folder = Path.Combine(run, $"arriving-{Guid.NewGuid():N}");

    /// <summary>The stream for a part, or null if it is no archive.</summary>
    /// <param name="part">The name of the part.</param>
    public Stream? Open(string part)
    {
        if (part is not ("results" or "tasks")) return null;
        _ = Directory.CreateDirectory(_folder);
        if (_open.Remove(part, out FileStream? before)) before.Dispose();
        return _open[part] = new FileStream(Path.Combine(_folder, part), FileMode.Create, FileAccess.ReadWrite);
    }

    /// <summary>A folder of this name beside the archives, which goes with them.</summary>
    public string Place(string name) => Path.Combine(_folder, name);

    /// <summary>The archive that came, from its beginning; empty if none came.</summary>
    /// <param name="part">The name of the part.</param>
    public Stream Read(string part)
    {
        if (!_open.TryGetValue(part, out FileStream? stream)) return Stream.Null;
        stream.Position = 0;
        return stream;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (FileStream stream in _open.Values) stream.Dispose();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
