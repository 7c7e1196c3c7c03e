namespace HpcAgent.Engine.Local;

/// <summary>
/// The folder of a supervisor's small files, which tasks read too. A list in the state folder names it, so that those of supervisors
/// that were killed are cleared when no task can need them any more.
/// </summary>
internal sealed class PrivateFolder
{
    private const string Prefix = "hpc-agent-";

    private readonly string _list;

    /// <summary>Makes the folder.</summary>
    /// <param name="list">The file that lists all of them.</param>
    public PrivateFolder(string list)
    {
        _list = list;
        Path = Make();
        try
        {
            File.AppendAllText(list, Path + "\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It will not be cleared after a kill; that stops nobody.
        }
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Deletes this folder and those that killed supervisors left.</summary>
    public void Clear()
    {
        try
        {
            Delete(Path);
            if (!File.Exists(_list)) return;
            foreach (string folder in File.ReadAllLines(_list)) Delete(folder);
            File.Delete(_list);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next one that leaves tries again.
        }
    }

    // The files are rewritten for every task, which costs a tenth in memory: disk file systems flush a file that was truncated.
    private static string Make()
    {
        const string memory = "/dev/shm";
        if (!OperatingSystem.IsLinux() || !Directory.Exists(memory)) return Directory.CreateTempSubdirectory(Prefix).FullName;
        try
        {
            string folder = System.IO.Path.Combine(memory, $"{Prefix}{Guid.NewGuid():N}");
            return Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Directory.CreateTempSubdirectory(Prefix).FullName;
        }
    }

    private static void Delete(string folder)
    {
        bool isOurs = System.IO.Path.GetFileName(folder).StartsWith(Prefix, StringComparison.Ordinal);
        if (isOurs && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
    }
}
