using System.Text.RegularExpressions;

namespace HpcAgent.Engine.Failures;

/// <summary>Finds the place in the user's code that a log names.</summary>
internal static partial class CodeLocation
{
    /// <summary>The last frame of a Python traceback above a line that is not in a library; else the last one; null if there is none.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="end">The line above which to look.</param>
    public static string? Before(IReadOnlyList<string> lines, int end)
    {
        string? library = null;
        for (int i = Math.Min(end, lines.Count) - 1; i >= 0; i--)
        {
            if (lines[i].StartsWith("Traceback (", StringComparison.Ordinal)) break;
            Match match = Frame().Match(lines[i]);
            if (!match.Success) continue;
            string path = match.Groups["path"].Value;
            string place = $"{path[(path.LastIndexOfAny(['/', '\\']) + 1)..]}:{match.Groups["line"].Value}";
            if (!IsLibrary(path)) return place;
            library ??= place;
        }
        return library;
    }

    private static bool IsLibrary(string path) =>
        path.Contains("site-packages", StringComparison.Ordinal) || path.Contains("dist-packages", StringComparison.Ordinal)
        || path.Contains("/lib/python", StringComparison.Ordinal) || path.Contains("/lib64/python", StringComparison.Ordinal) || path.StartsWith('<');

    [GeneratedRegex("""^ *File "(?<path>[^"]+)", line (?<line>[0-9]+)(,|$)""")]
    private static partial Regex Frame();
}
