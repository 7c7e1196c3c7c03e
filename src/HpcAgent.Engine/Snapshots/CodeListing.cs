namespace HpcAgent.Engine.Snapshots;

/// <summary>Lists the files and links of a folder that are code: by git where it is used, else all but debris; less what is ignored.</summary>
internal sealed class CodeListing(string root)
{
    private const string IgnoreFileName = ".hpcignore";
    private readonly IgnoreTree ignored = new(root, IgnoreFileName);
    private readonly SortedSet<string> paths = new(Comparer<string>.Create(SnapshotDigest.ComparePaths));
    private readonly Dictionary<string, bool> linkedFolders = new(StringComparer.Ordinal);
    private readonly List<string> notes = [];

    /// <summary>What the user should know.</summary>
    internal IReadOnlyList<string> Notes => notes;

    /// <summary>The paths in the order of their bytes. Folders are not listed.</summary>
    internal async Task<IReadOnlyCollection<string>> ListAsync(CancellationToken cancellationToken)
    {
        if (!GitListing.IsInWorkTree(root) || !await TryAddByGitAsync("", cancellationToken).ConfigureAwait(false))
            AddFolder("", cancellationToken);
        return paths;
    }

    private async Task<bool> TryAddByGitAsync(string prefix, CancellationToken cancellationToken)
    {
        IReadOnlyList<CodeCandidate> candidates;
        try
        {
            candidates = await GitListing.ListAsync(Full(prefix), cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException error)
        {
            notes.Add($"git could not list '{Full(prefix)}', so all files are taken but the usual debris: {error.Message}");
            return false;
        }

        if (candidates.Count == 0)
        {
            notes.Add($"git knows no file in '{Full(prefix)}', so all files are taken but the usual debris.");
            return false;
        }

        foreach (var candidate in candidates)
            await AddCandidateAsync(candidate with { Path = Join(prefix, candidate.Path) }, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private async Task AddCandidateAsync(CodeCandidate candidate, CancellationToken cancellationToken)
    {
        var path = candidate.Path;
        if (CodeExclusion.IsAlways(path) || (!candidate.IsTracked && CodeExclusion.IsDebris(path)) || IsBelowLink(path))
            return;
        switch (FileKinds.Of(Full(path)))
        {
            case FileKind.Missing:
                return;
            case FileKind.Directory when ignored.IsFolderIgnored(path):
                return;
            case FileKind.Directory:
                // A submodule or a repository in the repository; without its own .git it is not checked out.
                if (Path.Exists(Full(Join(path, ".git"))) && !await TryAddByGitAsync(path, cancellationToken).ConfigureAwait(false))
                    AddFolder(path, cancellationToken);
                return;
            default:
                if (!ignored.IsFileIgnored(path))
                    paths.Add(path);
                return;
        }
    }

    private void AddFolder(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var options = new EnumerationOptions { AttributesToSkip = default, IgnoreInaccessible = false, MatchType = MatchType.Simple };
        foreach (var entry in new DirectoryInfo(Full(prefix)).EnumerateFileSystemInfos("*", options))
        {
            var path = Join(prefix, entry.Name);
            if (CodeExclusion.IsAlways(path) || CodeExclusion.IsDebris(path))
                continue;
            var isFolder = entry is DirectoryInfo && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
            if (isFolder && !ignored.IsFolderIgnored(path))
                AddFolder(path, cancellationToken);
            else if (!isFolder && !ignored.IsFileIgnored(path))
                paths.Add(path);
        }
    }

    /// <summary>Git remembers the files of a folder that has since been replaced by a link; they are no longer there.</summary>
    private bool IsBelowLink(string path)
    {
        var end = path.LastIndexOf('/');
        if (end < 0)
            return false;
        var folder = path[..end];
        if (!linkedFolders.TryGetValue(folder, out var isLinked))
        {
            isLinked = IsBelowLink(folder) || FileKinds.Of(Full(folder)) == FileKind.Link;
            linkedFolders[folder] = isLinked;
        }

        return isLinked;
    }

    private string Full(string path) => path.Length == 0 ? root : Path.Join(root, path);

    private static string Join(string prefix, string path) => prefix.Length == 0 ? path : $"{prefix}/{path}";
}
