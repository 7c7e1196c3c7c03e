namespace HpcAgent.Engine.Local;

/// <summary>The folder of the embedded scheduler of one host, below the user's state folder.</summary>
/// <remarks>Homes are shared between hosts, so the host is part of the path.</remarks>
public sealed class LocalFolder
{
    /// <summary>Creates the view of a folder.</summary>
    /// <param name="root">The absolute path; it need not exist yet.</param>
    public LocalFolder(string root) => Root = root;

    /// <summary>The folder.</summary>
    public string Root { get; }

    /// <summary>The file that a running supervisor holds locked.</summary>
    public string LockFile => Path.Combine(Root, "supervisor.lock");

    /// <summary>What went wrong in the supervisor itself.</summary>
    public string ErrorLog => Path.Combine(Root, "supervisor.log");

    /// <summary>One small file for each run that is not finished; it holds the path of the run's folder.</summary>
    public string Queue => Path.Combine(Root, "queue");

    private string Refused => Path.Combine(Root, "refused");

    /// <summary>Puts a run in the queue. Doing it twice is the same as doing it once.</summary>
    /// <param name="jobId">The id of the run in this scheduler.</param>
    /// <param name="runFolder">The absolute folder of the run.</param>
    public void Enqueue(string jobId, string runFolder)
    {
        _ = Directory.CreateDirectory(Queue);
        string entry = Path.Combine(Queue, jobId);
        string temporary = Path.Combine(Root, $".{jobId}.{Environment.ProcessId}");
        File.WriteAllText(temporary, runFolder);
        File.Move(temporary, entry, overwrite: true);
    }

    /// <summary>The queued runs, oldest first, as job id and run folder.</summary>
    public IReadOnlyList<(string JobId, string RunFolder)> List()
    {
        if (!Directory.Exists(Queue)) return [];
        List<(string, string)> entries = [];
        foreach (FileInfo file in new DirectoryInfo(Queue).EnumerateFiles().OrderBy(f => f.LastWriteTimeUtc).ThenBy(f => f.Name, StringComparer.Ordinal))
        {
            try
            {
                entries.Add((file.Name, File.ReadAllText(file.FullName)));
            }
            catch (FileNotFoundException)
            {
                // Finished between the listing and the reading.
            }
        }
        return entries;
    }

    /// <summary>Takes a run out of the queue that cannot be run, and keeps the reason for those who ask.</summary>
    /// <param name="jobId">The id of the run in this scheduler.</param>
    /// <param name="reason">Why.</param>
    public void Refuse(string jobId, string reason)
    {
        _ = Directory.CreateDirectory(Refused);
        File.WriteAllText(Path.Combine(Refused, jobId), reason);
        Dequeue(jobId);
    }

    /// <summary>Why a run was refused, or null.</summary>
    /// <param name="jobId">The id of the run in this scheduler.</param>
    public string? ReasonOfRefusal(string jobId)
    {
        string path = Path.Combine(Refused, jobId);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>Notes what went wrong; a log that cannot be written stops nobody.</summary>
    /// <param name="text">One line.</param>
    public void Log(string text)
    {
        try
        {
            File.AppendAllText(ErrorLog, $"{DateTimeOffset.UtcNow:O} {text}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk of the state folder is full or read-only.
        }
    }

    /// <summary>Takes a finished run out of the queue.</summary>
    /// <param name="jobId">The id of the run in this scheduler.</param>
    public void Dequeue(string jobId) => File.Delete(Path.Combine(Queue, jobId));
}
