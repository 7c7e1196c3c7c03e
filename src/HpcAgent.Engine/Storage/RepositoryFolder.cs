using System.Text.Json;

namespace HpcAgent.Engine.Storage;

/// <summary>The state of one repository: <c>repo.json</c>, <c>journal/&lt;run_id&gt;.jsonl</c>, <c>submit.lock</c>.</summary>
public sealed class RepositoryFolder
{
    private const string MarkerName = "repo.json";

    internal RepositoryFolder(string path, string experimentPath)
    {
        FolderPath = path;
        ExperimentPath = experimentPath;
    }

    /// <summary>The absolute path.</summary>
    public string FolderPath { get; }

    /// <summary>The identity of the repository.</summary>
    public string RepositoryId => Path.GetFileName(FolderPath);

    /// <summary>The user's folder, all links resolved.</summary>
    public string ExperimentPath { get; }

    /// <summary>The folder of the journals.</summary>
    public string JournalFolderPath => Path.Join(FolderPath, "journal");

    /// <summary>The file of the lock that a submission holds.</summary>
    public string SubmitLockPath => Path.Join(FolderPath, "submit.lock");

    /// <summary>Writes <c>repo.json</c> if it is not there, so that the repository can be found from its state.</summary>
    /// <param name="clock">Tells the time of first sight.</param>
    /// <param name="cancellationToken">Looked at before anything is written.</param>
    public async Task EnsureAsync(TimeProvider clock, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clock);
        if (string.Equals(TryReadExperimentPath(FolderPath), ExperimentPath, StringComparison.Ordinal))
            return;
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("experiment_dir", ExperimentPath);
            writer.WriteString("first_seen", clock.GetUtcNow());
            writer.WriteEndObject();
        }

        stream.WriteByte((byte)'\n');
        await DurableFile.WriteAsync(Path.Join(FolderPath, MarkerName), stream.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for its turn to submit.</summary>
    /// <param name="timeout">How long to wait for another submission.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<FileLock> LockForSubmissionAsync(TimeSpan timeout, CancellationToken cancellationToken = default) =>
        FileLock.AcquireAsync(SubmitLockPath, "submit", timeout, cancellationToken);

    /// <summary>All repositories that a state folder knows and that can be traced back to a user's folder.</summary>
    internal static IEnumerable<RepositoryFolder> EnumerateAll(StateFolder state)
    {
        if (!Directory.Exists(state.RepositoriesPath))
            yield break;
        foreach (var path in Directory.EnumerateDirectories(state.RepositoriesPath).Order(StringComparer.Ordinal))
        {
            if (TryReadExperimentPath(path) is { } experimentPath)
                yield return new(path, experimentPath);
        }
    }

    private static string? TryReadExperimentPath(string folder)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Join(folder, MarkerName)));
            return document.RootElement.TryGetProperty("experiment_dir", out var value) ? value.GetString() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException || StorageError.IsStorageError(error))
        {
            return null;
        }
    }
}
