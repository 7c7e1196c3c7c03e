namespace HpcAgent.Engine.Tests.Snapshots;

/// <summary>A git repository that no setting of the machine touches.</summary>
internal sealed class GitFolder
{
    private GitFolder(string path) => Path = path;

    public string Path { get; }

    public static async Task<bool> IsThereAsync()
    {
        try
        {
            await ChildProcess.RunAsync("git", null, "--version");
            return true;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public static async Task<GitFolder> CreateAsync(string path)
    {
        Directory.CreateDirectory(path);
        var folder = new GitFolder(path);
        await folder.RunAsync("init", "-q");
        await folder.RunAsync("config", "core.excludesFile", "");
        await folder.RunAsync("config", "core.ignoreCase", "false");
        await folder.RunAsync("config", "user.name", "t");
        await folder.RunAsync("config", "user.email", "t@example.org");
        return folder;
    }

    public async Task RunAsync(params string[] args) => await ChildProcess.RunAsync("git", null, ["-C", Path, .. args]);

    public async Task<HashSet<string>> IgnoredAsync(IEnumerable<string> paths)
    {
        // -v -n gives a record of four fields for each path; the pattern that decides may be a negated one.
        // Exit 1: none is ignored.
        var (exit, output, errors) = await ChildProcess.TryRunAsync("git", string.Concat(paths.Select(path => path + '\0')), ["-C", Path, "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"]);
        Assert.True(exit is 0 or 1, errors);
        var fields = output.Split('\0');
        var ignored = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i + 3 < fields.Length; i += 4)
        {
            if (fields[i].Length > 0 && !fields[i + 2].StartsWith('!'))
                ignored.Add(fields[i + 3]);
        }

        return ignored;
    }
}
