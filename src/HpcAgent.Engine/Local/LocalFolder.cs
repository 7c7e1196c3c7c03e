using System.Globalization;

namespace HpcAgent.Engine.Local;

/// <summary>The folder of the embedded scheduler of one host, below the user's state folder.</summary>
/// <remarks>Homes are shared between hosts, so the host is part of the path.</remarks>
public sealed class LocalFolder
{
    private static readonly TimeSpan s_startTime = TimeSpan.FromSeconds(60);

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

    private string Starting => Path.Combine(Root, "starting");

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

    /// <summary>Notes that a supervisor was started and does not hold the lock yet.</summary>
    /// <param name="pid">Its process.</param>
    public void NoteStart(int pid)
    {
        try
        {
            File.WriteAllText(Starting, pid.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next look may then start one more; only one will hold the lock.
        }
    }

    /// <summary>
    /// True while a supervisor that was started a moment ago may still be on its way. On a busy machine it takes longer to come up than
    /// others take to look again; if each of them started one more, none would ever come up.
    /// </summary>
    public bool IsStarting()
    {
        try
        {
            TimeSpan age = DateTime.UtcNow - File.GetLastWriteTimeUtc(Starting);
            return age > -s_startTime && age < s_startTime &&
                int.TryParse(File.ReadAllText(Starting), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && ProcessTable.Exists(pid);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
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
