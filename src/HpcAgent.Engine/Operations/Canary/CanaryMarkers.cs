namespace HpcAgent.Engine.Operations.Canary;

/// <summary>
/// What the end of a log suggests (the markers of reference 5.11, in their order). Text only refines a failure that an exit code has shown:
/// by itself it decides nothing.
/// </summary>
internal static class CanaryMarkers
{
    private static readonly (string Text, CanaryFailureKind Kind)[] s_markers =
    [
        ("[dispatch] failed", CanaryFailureKind.DispatcherFailed),
        ("importerror", CanaryFailureKind.ImportError),
        ("modulenotfounderror", CanaryFailureKind.ModuleNotFound),
        ("traceback", CanaryFailureKind.Traceback),
        ("oom-kill", CanaryFailureKind.OomKilled),
        ("oom_kill", CanaryFailureKind.OomKilled),
        ("out of memory", CanaryFailureKind.OomKilled),
        ("segmentation fault", CanaryFailureKind.Segfault),
    ];

    /// <summary>The first marker that stands in a log, and the line that says most about it; null if there is none.</summary>
    /// <param name="log">The log.</param>
    public static (CanaryFailureKind Kind, string Line)? Find(string log)
    {
        foreach ((string text, CanaryFailureKind kind) in s_markers)
        {
            int at = log.IndexOf(text, StringComparison.OrdinalIgnoreCase);
            if (at >= 0) return (kind, kind == CanaryFailureKind.Traceback ? LastLine(log) : LineAt(log, at));
        }
        return null;
    }

    /// <summary>The last line of a text that is not empty; empty if there is none.</summary>
    public static string LastLine(string log)
    {
        string text = log.TrimEnd();
        return text[(text.LastIndexOf('\n') + 1)..].Trim();
    }

    private static string LineAt(string log, int at)
    {
        int start = at == 0 ? 0 : log.LastIndexOf('\n', at - 1) + 1;
        int end = log.IndexOf('\n', at);
        return log[start..(end < 0 ? log.Length : end)].Trim();
    }
}
