using System.Text;

namespace HpcAgent.Engine.Local;

/// <summary>The environment of a run's tasks, kept in a file that only its owner can read, as NUL-terminated name=value.</summary>
internal static class EnvironmentFile
{
    // What describes the submitting shell rather than the work.
    private static readonly HashSet<string> s_left = new(StringComparer.Ordinal)
    {
        "_", "PWD", "OLDPWD", "SHLVL", "COLUMNS", "LINES", "TERM_PROGRAM", "WINDOWID",
    };

    public static void Write(string path, IEnumerable<KeyValuePair<string, string>> variables)
    {
        StringBuilder text = new();
        foreach ((string name, string value) in variables.Where(v => !s_left.Contains(v.Key) && !v.Key.StartsWith("HPC_KW_", StringComparison.Ordinal)))
            _ = text.Append(name).Append('=').Append(value).Append('\0');
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // Renamed into place: a supervisor that reads at the same moment must not see half of it.
        string temporary = $"{path}.{Environment.ProcessId}";
        using (FileStream stream = new(temporary, options)) stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
        File.Move(temporary, path, overwrite: true);
    }

    public static IReadOnlyList<string> Read(string path) =>
        File.Exists(path) ? Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\0', StringSplitOptions.RemoveEmptyEntries) : [];
}
