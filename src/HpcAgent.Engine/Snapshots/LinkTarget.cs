using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Snapshots;

/// <summary>Decides what becomes of a symbolic link.</summary>
internal static class LinkTarget
{
    /// <summary>The target as the snapshot keeps it: relative, and inside.</summary>
    /// <param name="root">The folder, absolute.</param>
    /// <param name="path">The link, relative to the folder.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.PreconditionFailed"/>: the link leaves the folder.</exception>
    internal static string Resolve(string root, string path)
    {
        var full = Path.Join(root, path);
        var target = new FileInfo(full).LinkTarget!;
        var folder = Path.GetDirectoryName(full)!;
        var goal = Path.IsPathRooted(target) ? target : Path.Join(folder, target);
        var real = RealPathOf(goal);
        var realRoot = RealPath.Resolve(root);
        var isInside = real is not null && Relative(realRoot, real) is not null;
        if (Normalize(path, target) is not null && (isInside || real is null))
            return OperatingSystem.IsWindows() ? target.Replace('\\', '/') : target;
        if (isInside && Path.Exists(real))
            return Path.GetRelativePath(RealPath.Resolve(folder), real!).Replace(Path.DirectorySeparatorChar, '/');
        throw new HpcException(
            ErrorCode.PreconditionFailed,
            $"The symbolic link '{path}' points to '{target}', which is outside of '{root}' and would not be there on the cluster.",
            $"Name '/{path}' in .hpcignore and let the command take the data's path on the cluster, or replace the link by what it points to.");
    }

    /// <summary>Where a relative target leads, without a look at the disk.</summary>
    /// <returns>The path relative to the root, or null if it is absolute or climbs out.</returns>
    internal static string? Normalize(string linkPath, string target)
    {
        if (Path.IsPathRooted(target))
            return null;
        var parts = new List<string>(linkPath.Split('/')[..^1]);
        foreach (var part in target.Split('/', Path.DirectorySeparatorChar))
        {
            if (part is "" or ".")
                continue;
            if (part is not "..")
                parts.Add(part);
            else if (parts.Count == 0)
                return null;
            else
                parts.RemoveAt(parts.Count - 1);
        }

        return string.Join('/', parts);
    }

    /// <summary>Null for links that lead in a circle: they lead nowhere, and so not out.</summary>
    private static string? RealPathOf(string path)
    {
        try
        {
            return RealPath.Resolve(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string? Relative(string root, string path) =>
        string.Equals(path, root, StringComparison.Ordinal) ? ""
        : path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? path[(root.Length + 1)..]
        : null;
}
