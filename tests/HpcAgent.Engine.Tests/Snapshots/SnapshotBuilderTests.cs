using HpcAgent.Engine.Snapshots;

namespace HpcAgent.Engine.Tests.Snapshots;

public sealed class SnapshotBuilderTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    private string Root => temp["exp"];

    private string Write(string path, string content = "x") => temp.Write("exp/" + path, content);

    private async Task<string[]> PathsAsync() => [.. (await SnapshotBuilder.BuildAsync(Root)).Entries.Select(entry => entry.Path)];

    private static async Task<string> FailsAsync(Func<Task> work)
    {
        var error = await Assert.ThrowsAsync<HpcException>(work);
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.NotNull(error.Remediation);
        return error.Message;
    }

    [Fact]
    public async Task Without_git_everything_but_debris_is_code()
    {
        foreach (var path in (string[])["train.py", "lib/a.py", "lib/__pycache__/a.pyc", "b.pyc", ".venv/x", "venv/x", "node_modules/x", ".mypy_cache/x", ".claude/x", ".ipynb_checkpoints/x", ".DS_Store", ".hpc/tasks.py", ".hpc/runs/r.json", ".hpc/snapshots/d/x", ".hpc/campaigns/c/x", "_aggregated/r/x", "clusters.yaml", ".hpc/clusters.yaml", "conf/clusters.yaml", ".hidden", "run.sh~", "~"])
            Write(path);
        Assert.Equal([".hidden", ".hpc/tasks.py", "conf/clusters.yaml", "lib/a.py", "train.py", "~"], await PathsAsync());
    }

    [Fact]
    public async Task The_digest_covers_paths_and_contents_and_nothing_else()
    {
        Write("a", "1");
        Write("b/c", "2");
        var first = await SnapshotBuilder.BuildAsync(Root);
        Assert.True(SnapshotDigest.IsValid(first.Digest));
        Assert.Equal((2, 2L), (first.Entries.Count, first.TotalBytes));
        Assert.Equal("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b", first.Entries[0].Content);
        Assert.Empty(first.Notes);
        async Task<string> Digest() => (await SnapshotBuilder.BuildAsync(Root)).Digest;

        File.SetLastWriteTimeUtc(temp["exp/a"], DateTime.UnixEpoch);
        Directory.CreateDirectory(temp["exp/empty"]);
        Assert.Equal(first.Digest, await Digest());
        Write("a", "2");
        var second = await Digest();
        File.Move(temp["exp/a"], temp["exp/d"]);
        var third = await Digest();
        Assert.Equal(3, new[] { first.Digest, second, third }.Distinct().Count());
        File.Move(temp["exp/d"], temp["exp/a"]);
        Write("a", "1");
        Assert.Equal(first.Digest, await Digest());
    }

    [Fact]
    public void The_digest_is_that_of_the_published_form()
    {
        SnapshotEntry[] entries = [new("a", SnapshotEntryKind.File, 1, "00"), new("b", SnapshotEntryKind.Executable, 2, "01"), new("l", SnapshotEntryKind.Link, 0, "a")];
        var text = string.Concat(((string[])["hpc-snapshot-1", "f", "a", "1", "00", "x", "b", "2", "01", "l", "l", "0", "a"]).Select(part => part + '\0'));
        Assert.Equal(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))).ToLowerInvariant(), SnapshotDigest.Compute(entries));
    }

    [SkippableFact]
    public async Task Permission_to_execute_is_part_of_the_code()
    {
        Skip.If(OperatingSystem.IsWindows(), "no such permission");
        var path = Write("run.sh");
        var before = await SnapshotBuilder.BuildAsync(Root);
        TempFolder.SetMode(path, 0b101_000_000);
        var after = await SnapshotBuilder.BuildAsync(Root);
        Assert.Equal((SnapshotEntryKind.File, SnapshotEntryKind.Executable), (before.Entries[0].Kind, after.Entries[0].Kind));
        Assert.NotEqual(before.Digest, after.Digest);
    }

    [Fact]
    public async Task What_hpcignore_names_is_left_out()
    {
        Write(".hpcignore", "/data/*\n!/data/small\n*.bin");
        foreach (var path in (string[])["data/big", "data/small", "a.bin", "sub/data/x"])
            Write(path);
        Write("sub/.hpcignore", "data/");
        Assert.Equal([".hpcignore", "data/small", "sub/.hpcignore"], await PathsAsync());
    }

    [SkippableFact]
    public async Task In_a_git_work_tree_git_says_what_is_code()
    {
        Skip.IfNot(await GitFolder.IsThereAsync(), "git is not installed");
        var git = await GitFolder.CreateAsync(temp.Root);
        Write(".gitignore", "*.log\nforced\n");
        foreach (var path in (string[])["tracked.py", "deleted.py", "forced", "venv/tracked", "new.py", "out.log", "__pycache__/x.pyc", "odd\nname é"])
            Write(path);
        temp.Write("outside.py");
        await git.RunAsync("add", "-f", "exp/tracked.py", "exp/deleted.py", "exp/forced", "exp/venv");
        File.Delete(temp["exp/deleted.py"]);
        Write("venv/untracked");
        Assert.Equal([".gitignore", "forced", "new.py", "odd\nname é", "tracked.py", "venv/tracked"], await PathsAsync());

        Write(".hpcignore", "/forced\n.gitignore\n.hpcignore");
        Assert.Equal(["new.py", "odd\nname é", "tracked.py", "venv/tracked"], await PathsAsync());
    }

    [SkippableFact]
    public async Task Files_of_submodules_and_nested_repositories_are_code()
    {
        Skip.IfNot(await GitFolder.IsThereAsync(), "git is not installed");
        var library = await GitFolder.CreateAsync(temp["library"]);
        temp.Write("library/lib.py");
        temp.Write("library/.gitignore", "junk");
        await library.RunAsync("add", ".");
        await library.RunAsync("commit", "-qm", "x");
        var git = await GitFolder.CreateAsync(Root);
        Write("main.py");
        await git.RunAsync("-c", "protocol.file.allow=always", "submodule", "add", "-q", temp["library"], "mod");
        await GitFolder.CreateAsync(temp["exp/nested"]);
        foreach (var path in (string[])["mod/junk", "mod/new.py", "nested/n.py"])
            Write(path);
        Assert.Equal([".gitmodules", "main.py", "mod/.gitignore", "mod/lib.py", "mod/new.py", "nested/n.py"], await PathsAsync());

        Write(".hpcignore", "mod/*\n!mod/lib.py\nnested");
        Assert.Equal([".gitmodules", ".hpcignore", "main.py", "mod/lib.py"], await PathsAsync());
    }

    [SkippableFact]
    public async Task Where_git_fails_or_ignores_the_folder_all_files_are_taken_with_a_note()
    {
        Skip.IfNot(await GitFolder.IsThereAsync(), "git is not installed");
        Write("a.py");
        temp.Write(".git", "gitdir: /nowhere");
        var manifest = await SnapshotBuilder.BuildAsync(Root);
        Assert.Equal("a.py", Assert.Single(manifest.Entries).Path);
        Assert.Contains("git could not list", Assert.Single(manifest.Notes), StringComparison.Ordinal);

        File.Delete(temp[".git"]);
        await GitFolder.CreateAsync(temp.Root);
        temp.Write(".gitignore", "/exp/");
        manifest = await SnapshotBuilder.BuildAsync(Root);
        Assert.Equal("a.py", Assert.Single(manifest.Entries).Path);
        Assert.Contains("git knows no file", Assert.Single(manifest.Notes), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_tracked_folder_that_became_a_link_is_a_link()
    {
        Skip.IfNot(!OperatingSystem.IsWindows() && await GitFolder.IsThereAsync(), "git or links missing");
        var git = await GitFolder.CreateAsync(Root);
        Write("old/x.py");
        Write("new/x.py");
        await git.RunAsync("add", ".");
        Directory.Delete(temp["exp/old"], recursive: true);
        File.CreateSymbolicLink(temp["exp/old"], "new");
        Assert.Equal(["new/x.py", "old"], await PathsAsync());
    }

    [SkippableFact]
    public async Task Links_that_stay_inside_are_kept()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links may need rights");
        Write("dir/a");
        Directory.CreateDirectory(temp["exp/deep/er"]);
        void Link(string name, string target) => File.CreateSymbolicLink(temp["exp/" + name], target);
        Link("file", "dir/a");
        Link("folder", "dir");
        Link("deep/er/up", "../../dir/a");
        Link("absolute", Path.Join(Root, "dir/a"));
        Link("deep/around", "../../exp/dir");
        Link("dangling", "not/yet");
        Link("loop", "loop");
        var manifest = await SnapshotBuilder.BuildAsync(Root);
        Assert.Equal(
            ["absolute>dir/a", "dangling>not/yet", "deep/around>../dir", "deep/er/up>../../dir/a", "file>dir/a", "folder>dir", "loop>loop"],
            manifest.Entries.Where(entry => entry.Kind == SnapshotEntryKind.Link).Select(entry => $"{entry.Path}>{entry.Content}"));
        Assert.Contains("'dangling' points to 'not/yet'", Assert.Single(manifest.Notes), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("data", "/tmp")]
    [InlineData("data", "..")]
    [InlineData("sub/data", "../../other")]
    [InlineData("data", "/no/such/place")]
    [InlineData("data", "../no/such/place")]
    [InlineData("data", "sub/here/..")]
    public async Task Links_that_leave_are_refused_by_name_and_target(string link, string target)
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links may need rights");
        Write("sub/x");
        File.CreateSymbolicLink(temp["exp/sub/here"], "..");
        File.CreateSymbolicLink(temp["exp/" + link], target);
        var message = await FailsAsync(() => SnapshotBuilder.BuildAsync(Root));
        Assert.Contains($"'{link}' points to '{target}'", message, StringComparison.Ordinal);
        Write(".hpcignore", "/" + link);
        await SnapshotBuilder.BuildAsync(Root);
    }

    [SkippableFact]
    public async Task Pipes_and_sockets_are_refused_and_not_opened()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs mkfifo");
        Write("a");
        await ChildProcess.RunAsync("mkfifo", null, temp["exp/pipe"]);
        Assert.Contains("'pipe' is a pipe", await FailsAsync(() => SnapshotBuilder.BuildAsync(Root)), StringComparison.Ordinal);
        Write(".hpcignore", "pipe");
        Assert.Equal([".hpcignore", "a"], await PathsAsync());
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(temp["exp/sock"]));
        Assert.Contains("'sock'", await FailsAsync(() => SnapshotBuilder.BuildAsync(Root)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Names_that_differ_in_case_are_kept_with_a_note()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs a file system that tells case");
        Write("Lib/a");
        Write("lib/a");
        Write("new\nline");
        var manifest = await SnapshotBuilder.BuildAsync(Root);
        Assert.Equal(["Lib/a", "lib/a", "new\nline"], manifest.Entries.Select(entry => entry.Path));
        Assert.Contains(manifest.Notes, note => note.Contains("differ in case only", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Names_that_are_not_utf8_are_refused(bool useGit)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && await GitFolder.IsThereAsync(), "needs Linux and git");
        if (useGit)
            await GitFolder.CreateAsync(Root);
        Write("a");
        await ChildProcess.RunAsync("sh", null, "-c", "cd \"$1\" && : > \"$(printf 'caf\\351')\"", "sh", Root);
        var message = await FailsAsync(() => SnapshotBuilder.BuildAsync(Root));
        await ChildProcess.RunAsync("rm", null, "-rf", Root);
        Assert.Contains("not UTF-8", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_is_refused_with_the_ten_largest_and_the_way_out()
    {
        for (var i = 0; i < 12; i++)
            Write($"file{i:00}", new string('x', 100_000 * (i + 1)));
        var error = await Assert.ThrowsAsync<HpcException>(() => SnapshotBuilder.BuildAsync(Root, maxTotalBytes: 7_799_999));
        Assert.Contains("7.8 MB, more than 7.8 MB", error.Message, StringComparison.Ordinal);
        Assert.Contains("file11 (1.2 MB), file10 (1.1 MB)", error.Message, StringComparison.Ordinal);
        Assert.Contains("file02 (0.3 MB).", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("file01", error.Message, StringComparison.Ordinal);
        Assert.Contains(".hpcignore", error.Remediation, StringComparison.Ordinal);
        await SnapshotBuilder.BuildAsync(Root, maxTotalBytes: 7_800_000);
    }

    [SkippableFact]
    public async Task A_file_whose_length_is_not_what_is_read_is_an_error_that_names_it()
    {
        Skip.IfNot(File.Exists("/proc/self/status"), "needs a file that says it is empty and is not");
        Assert.Contains("status' changes", await FailsAsync(() => FileDigest.ComputeAsync("/proc/self/status", CancellationToken.None)), StringComparison.Ordinal);
        Assert.Null(await FileDigest.ComputeAsync(temp["gone"], CancellationToken.None));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_and_a_cancelled_build_are_told()
    {
        Assert.Equal(ErrorCode.SpecInvalid, (await Assert.ThrowsAsync<HpcException>(() => SnapshotBuilder.BuildAsync(temp["nowhere"]))).Code);
        Assert.Equal(ErrorCode.SpecInvalid, (await Assert.ThrowsAsync<HpcException>(() => SnapshotBuilder.BuildAsync("relative"))).Code);
        Write("a");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SnapshotBuilder.BuildAsync(Root, cancellationToken: new(canceled: true)));
    }

    [Fact]
    public async Task An_empty_folder_has_a_digest()
    {
        Directory.CreateDirectory(Root);
        Assert.Equal(SnapshotDigest.Compute([]), (await SnapshotBuilder.BuildAsync(Root)).Digest);
    }
}
