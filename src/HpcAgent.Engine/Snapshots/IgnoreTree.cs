using System.Text;

namespace HpcAgent.Engine.Snapshots;

/// <summary>
/// The ignore files of a folder and of the folders in it. A deeper file goes before a higher one, a later line before an earlier; what is
/// below an ignored folder is ignored, whatever else is said. The files are read when they are first needed.
/// </summary>
internal sealed class IgnoreTree(string root, string fileName)
{
    private readonly Dictionary<string, IReadOnlyList<IgnoreRule>> rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> folders = new(StringComparer.Ordinal);

    /// <summary>True if a file or link is ignored.</summary>
    /// <param name="path">Its path relative to the root, with slashes.</param>
    internal bool IsFileIgnored(string path) => IsFolderIgnored(Parent(path)) || IsIgnoredHere(path, isDirectory: false);

    /// <summary>True if a folder, or one above it, is ignored.</summary>
    /// <param name="path">Its path relative to the root, with slashes; the root itself is empty.</param>
    internal bool IsFolderIgnored(string path)
    {
        if (path.Length == 0)
            return false;
        if (!folders.TryGetValue(path, out var isIgnored))
        {
            isIgnored = IsFolderIgnored(Parent(path)) || IsIgnoredHere(path, isDirectory: true);
            folders[path] = isIgnored;
        }

        return isIgnored;
    }

    private static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private bool IsIgnoredHere(string path, bool isDirectory)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        var name = bytes.AsSpan(bytes.AsSpan().LastIndexOf((byte)'/') + 1);
        for (var folder = Parent(path); ; folder = Parent(folder))
        {
            var relative = bytes.AsSpan(folder.Length == 0 ? 0 : Encoding.UTF8.GetByteCount(folder) + 1);
            var list = Rules(folder);
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (list[i].Matches(relative, name, isDirectory))
                    return !list[i].IsNegated;
            }

            if (folder.Length == 0)
                return false;
        }
    }

    private IReadOnlyList<IgnoreRule> Rules(string folder)
    {
        if (rules.TryGetValue(folder, out var known))
            return known;
        var path = Path.Join(root, folder, fileName);
        IReadOnlyList<IgnoreRule> list = File.Exists(path) ? IgnoreRule.Parse(File.ReadAllBytes(path)) : [];
        rules[folder] = list;
        return list;
    }
}
