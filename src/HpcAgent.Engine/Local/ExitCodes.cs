using System.Globalization;

namespace HpcAgent.Engine.Local;

/// <summary>
/// The exit codes that the shells of tasks leave in a folder of their run, one file for each slot of each supervisor: a line with task,
/// attempt and code. They are read only if a supervisor died before it had recorded the end of a task itself.
/// </summary>
/// <remarks>
/// A shell writes its line whether or not the supervisor lives. It could not tell: a supervisor that was killed answers to <c>kill -0</c>
/// until its parent has reaped it, which some containers never do.
/// </remarks>
internal static class ExitCodes
{
    /// <summary>Finds the exit code of an attempt, and when it was written at the latest.</summary>
    public static (int Code, DateTimeOffset At)? Find(string folder, long taskId, int attempt)
    {
        if (!Directory.Exists(folder)) return null;
        string start = string.Create(CultureInfo.InvariantCulture, $"{taskId} {attempt} ");
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            string? line = File.ReadLines(file).LastOrDefault(l => l.StartsWith(start, StringComparison.Ordinal));
            if (line is not null && int.TryParse(line.AsSpan(start.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int code))
                return (code, new DateTimeOffset(File.GetLastWriteTimeUtc(file)));
        }
        return null;
    }
}
