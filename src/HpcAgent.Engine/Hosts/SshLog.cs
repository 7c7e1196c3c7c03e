using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Hosts;

/// <summary>The file to which one run of ssh writes its own messages, apart from the host's standard error.</summary>
internal sealed class SshLog : IDisposable
{
    private const string Suffix = ".log";
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    /// <summary>Chooses a file, and clears those that killed processes left.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="now">The time.</param>
    public SshLog(string folder, DateTimeOffset now)
    {
        FilePath = Path.Join(folder, Guid.NewGuid().ToString("N") + Suffix);
        foreach (var old in Directory.EnumerateFiles(folder, "*" + Suffix))
            if (now.UtcDateTime - File.GetLastWriteTimeUtc(old) > Abandoned) Delete(old);
    }

    /// <summary>The file.</summary>
    public string FilePath { get; }

    /// <summary>What ssh has written.</summary>
    public string Text
    {
        get
        {
            try
            {
                if (!File.Exists(FilePath)) return "";
                using var reader = new StreamReader(new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
                return reader.ReadToEnd();
            }
            catch (Exception error) when (StorageError.IsStorageError(error))
            {
                return "";
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Delete(FilePath);

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (StorageError.IsStorageError(error))
        {
            // It is small, and the next day's calls try again.
        }
    }
}
