namespace HpcAgent.Engine.Snapshots;

/// <summary>What is never, or not by itself, part of the code.</summary>
internal static class CodeExclusion
{
    /// <summary>Relative to the user's folder: what runs write there, and the sites' configuration.</summary>
    private static readonly string[] Always = [".hpc/runs", ".hpc/snapshots", ".hpc/.gitignore", ".hpc/campaigns", "_aggregated", "clusters.yaml", ".hpc/clusters.yaml"];

    private static readonly HashSet<string> DebrisNames = new(StringComparer.Ordinal)
    {
        ".git", ".hg", ".svn", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".tox", ".nox", ".venv", "venv", "node_modules",
        ".claude", ".ipynb_checkpoints", ".DS_Store", "Thumbs.db", ".vs", ".idea",
    };

    private static readonly string[] DebrisEndings = [".pyc", ".pyo", ".swp", "~"];

    internal static bool IsAlways(string path) => IsBeingWritten(path) || Always.Any(excluded =>
        path.StartsWith(excluded, StringComparison.Ordinal) && (path.Length == excluded.Length || path[excluded.Length] == '/'));

    // What another process of ours is just about to put in place; a moment later it is gone.
    private static bool IsBeingWritten(string path) =>
        path.StartsWith(".hpc/.", StringComparison.Ordinal) && path.EndsWith(".tmp", StringComparison.Ordinal);

    /// <summary>True if a part of the path is debris. Files that the user has put under version control are not asked.</summary>
    internal static bool IsDebris(string path)
    {
        var parts = path.Split('/');
        return parts.Any(DebrisNames.Contains)
            || Array.Exists(DebrisEndings, ending => parts[^1].Length > ending.Length && parts[^1].EndsWith(ending, StringComparison.Ordinal));
    }
}
