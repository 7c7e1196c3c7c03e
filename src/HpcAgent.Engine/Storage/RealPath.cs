namespace HpcAgent.Engine.Storage;

/// <summary>Resolves all symbolic links of a path, as realpath does. Parts that do not exist are kept as they are.</summary>
internal static class RealPath
{
    private const int MaxLinks = 40;

    /// <summary>The real path.</summary>
    /// <param name="path">An absolute path.</param>
    /// <exception cref="IOException">Links that lead to each other.</exception>
    internal static string Resolve(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var pending = new Stack<string>();
        Push(pending, path[root.Length..]);
        var current = root;
        var links = 0;
        while (pending.TryPop(out var part))
        {
            if (part is "..")
            {
                current = Path.GetDirectoryName(current) ?? root;
                continue;
            }

            var next = Path.Join(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = OperatingSystem.IsMacOS() ? WithCaseOnDisk(current, part) : next;
                continue;
            }

            if (++links > MaxLinks)
                throw new IOException($"Too many symbolic links in '{path}'");
            if (Path.IsPathRooted(target))
            {
                root = Path.GetPathRoot(Path.GetFullPath(target, current))!;
                current = root;
                target = Path.GetFullPath(target, current)[root.Length..];
            }

            Push(pending, target);
        }

        return Path.TrimEndingDirectorySeparator(current);
    }

    private static void Push(Stack<string> pending, string path)
    {
        var parts = path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
        for (var i = parts.Length - 1; i >= 0; i--)
        {
            if (parts[i] is not ".")
                pending.Push(parts[i]);
        }
    }

    private static string WithCaseOnDisk(string folder, string name)
    {
        if (!Directory.Exists(folder))
            return Path.Join(folder, name);
        string? other = null;
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            var found = Path.GetFileName(entry);
            if (string.Equals(found, name, StringComparison.Ordinal))
                return entry;
            if (string.Equals(found, name, StringComparison.OrdinalIgnoreCase))
                other = entry;
        }

        return other is not null && Path.Exists(Path.Join(folder, name)) ? other : Path.Join(folder, name);
    }
}
