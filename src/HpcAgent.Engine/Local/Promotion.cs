namespace HpcAgent.Engine.Local;

/// <summary>
/// Moves what a successful attempt wrote from its work folder to the task's results: by rename, regular non-empty files only, and
/// <c>metrics.json</c> last, so that whoever sees it sees everything.
/// </summary>
internal static class Promotion
{
    /// <summary>Promotes the files and removes the work folder. Doing it again after a crash finishes what was begun.</summary>
    public static void Promote(string work, string results, ResultStamp stamp)
    {
        // Most short tasks write nothing; one call then is all it takes.
        if (!OperatingSystem.IsWindows() && Posix.rmdir(work) == 0) return;
        if (!Directory.Exists(work)) return;
        List<string> files = [.. RegularFiles(work)];
        if (files.Count > 0)
        {
            _ = Directory.CreateDirectory(results);
            bool hasMarker = false;
            foreach (string file in files)
            {
                if (file == ResultStamp.MarkerFile) hasMarker = true;
                else Move(work, results, file);
            }
            File.WriteAllText(Path.Combine(results, ResultStamp.FileName), stamp.ToText());
            if (hasMarker) Move(work, results, ResultStamp.MarkerFile);
        }
        Directory.Delete(work, recursive: true);
    }

    private static void Move(string work, string results, string file)
    {
        string target = Path.Combine(results, file);
        if (file.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
            _ = Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Move(Path.Combine(work, file), target, overwrite: true);
    }

    private static IEnumerable<string> RegularFiles(string work)
    {
        // A link to a folder is not entered: what lies behind it is not the task's, and would be moved away from its owner.
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (FileInfo file in new DirectoryInfo(work).EnumerateFiles("*", all).OrderBy(f => f.FullName, StringComparer.Ordinal))
        {
            // Pipes, sockets and devices have a device attribute or report no length.
            if (file.LinkTarget is null && (file.Attributes & FileAttributes.Device) == FileAttributes.None && file.Length > 0)
                yield return Path.GetRelativePath(work, file.FullName);
        }
    }
}
