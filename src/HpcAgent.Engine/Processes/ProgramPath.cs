namespace HpcAgent.Engine.Processes;

/// <summary>Finds programs. Left to itself the runtime would look in the current directory first.</summary>
internal static class ProgramPath
{
    /// <summary>The absolute path of a program.</summary>
    /// <param name="name">A name to be found on PATH, or an absolute path.</param>
    /// <returns>The path, or null if there is none.</returns>
    public static string? Find(string name)
    {
        if (Path.IsPathFullyQualified(name)) return File.Exists(name) ? name : null;
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0) return null;
        string[] suffixes = OperatingSystem.IsWindows() ? [".exe", ""] : [""];
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return folders.Where(Path.IsPathFullyQualified)
            .SelectMany(folder => suffixes.Select(suffix => Path.Combine(folder, name + suffix)))
            .FirstOrDefault(File.Exists);
    }
}
