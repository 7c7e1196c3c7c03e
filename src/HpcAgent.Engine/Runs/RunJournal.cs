using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Runs;

/// <summary>
/// The journal of one run: checked JSON lines (<see cref="ChecksumLine"/>), only ever added to, under the run's own lock. What must not be
/// lost is on disk when the call returns.
/// </summary>
public sealed class RunJournal
{
    private const int TailBytes = 64 * 1024;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(30);
    private readonly string runId;
    private readonly TimeProvider clock;

    /// <summary>Names the journal; nothing is created.</summary>
    /// <param name="repository">The state of the repository.</param>
    /// <param name="runId">The run.</param>
    /// <param name="clock">Tells the time of events.</param>
    public RunJournal(RepositoryFolder repository, string runId, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(repository);
        this.runId = RunId.Require(runId);
        this.clock = clock;
        Repository = repository;
        FilePath = Path.Join(repository.JournalFolderPath, runId + ".jsonl");
    }

    /// <summary>The state of the repository.</summary>
    public RepositoryFolder Repository { get; }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>How long the file is, in bytes; 0 if there is none. It only ever grows.</summary>
    public long Length => new FileInfo(FilePath) is { Exists: true } file ? file.Length : 0;

    private string LockPath => Path.ChangeExtension(FilePath, ".lock");

    /// <summary>Adds an event.</summary>
    /// <param name="item">The event; its number and time are set here.</param>
    /// <param name="cancellationToken">Ends the wait for the lock; a write that has begun is finished.</param>
    public Task AppendAsync(JournalEvent item, CancellationToken cancellationToken = default) => AppendAsync([item], cancellationToken);

    /// <summary>Adds events in one write.</summary>
    /// <param name="items">The events in their order.</param>
    /// <param name="cancellationToken">Ends the wait for the lock; a write that has begun is finished.</param>
    public async Task AppendAsync(IReadOnlyList<JournalEvent> items, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items.Count == 0)
            return;
        using var held = await LockAsync(cancellationToken).ConfigureAwait(false);
        await AppendLockedAsync(items, ReadLastSequence(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds an observation if it says something new, so that a watched run does not grow its journal.</summary>
    /// <param name="observation">What was seen.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>True if it was added.</returns>
    public async Task<bool> ObserveAsync(ObservedEvent observation, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(observation);
        using var held = await LockAsync(cancellationToken).ConfigureAwait(false);
        var state = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (state.LastObserved == observation.Lifecycle && (observation.Counts is null || observation.Counts == state.Counts))
            return false;
        await AppendLockedAsync([observation], state.LastSequence, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Reads the journal. Damage is told in the warnings of the result; a run without a journal gives an empty state.</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    public async Task<JournalState> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var content = await File.ReadAllBytesAsync(FilePath, cancellationToken).ConfigureAwait(false);
            return JournalFold.Read(content, runId, FilePath);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return new() { RunId = runId };
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.ReadFailed(error, FilePath);
        }
    }

    private Task<FileLock> LockAsync(CancellationToken cancellationToken) =>
        FileLock.AcquireAsync(LockPath, "journal of " + runId, LockTimeout, cancellationToken);

    private async Task AppendLockedAsync(IReadOnlyList<JournalEvent> items, long lastSequence, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var now = clock.GetUtcNow();
        foreach (var item in items)
            ChecksumLine.Write(JournalEventJson.Write(item with { Sequence = ++lastSequence, At = now }), buffer);
        await DurableFile.AppendAsync(FilePath, buffer.ToArray(), items.Any(item => item.IsDurable), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The number of the last event; the end of the file tells it, unless that is damaged.</summary>
    private long ReadLastSequence()
    {
        try
        {
            using var stream = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            return ReadLastSequence(stream, TailBytes) ?? ReadLastSequence(stream, stream.Length) ?? 0;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return 0;
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            throw StorageError.ReadFailed(error, FilePath);
        }
    }

    private long? ReadLastSequence(FileStream stream, long length)
    {
        var tail = new byte[Math.Min(length, stream.Length)];
        stream.Seek(-tail.Length, SeekOrigin.End);
        stream.ReadExactly(tail);
        var last = JournalFold.Read(tail, runId, FilePath).LastSequence;
        return last == 0 ? null : last;
    }
}
