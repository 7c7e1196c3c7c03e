using HpcAgent.Engine.Snapshots;

namespace HpcAgent.Engine.Tests.Snapshots;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly TempFolder temp = new();
    private readonly SnapshotStore store;

    public SnapshotStoreTests()
    {
        store = new(temp["root"]);
        temp.Write("exp/a.py", "one");
        temp.Write("exp/sub/run.sh", "#!/bin/sh\n");
        if (OperatingSystem.IsWindows())
            return;
        TempFolder.SetMode(temp["exp/sub/run.sh"], 0b111_000_000);
        File.CreateSymbolicLink(temp["exp/link"], "sub/run.sh");
    }

    public void Dispose() => temp.Dispose();

    private Task<SnapshotManifest> BuildAsync() => SnapshotBuilder.BuildAsync(temp["exp"]);

    private string[] Stored() => [.. Directory.GetFileSystemEntries(temp["root/.hpc/snapshots"]).Select(path => Path.GetFileName(path)!).Where(name => name != ".lock").Order(StringComparer.Ordinal)];

    [Fact]
    public async Task A_snapshot_is_a_copy_that_an_edit_does_not_reach()
    {
        var manifest = await BuildAsync();
        var path = await store.EnsureAsync(manifest, "run-1");
        temp.Write("exp/a.py", "two");
        Assert.Equal(temp["root/.hpc/snapshots/" + manifest.Digest], path);
        Assert.Equal("one", File.ReadAllText(Path.Join(path, "a.py")));
        Assert.True(File.GetAttributes(Path.Join(path, "a.py")).HasFlag(FileAttributes.ReadOnly));
        Assert.Equal([manifest.Digest, manifest.Digest + ".json", manifest.Digest + ".runs"], Stored());
        Assert.True(File.Exists(temp["root/.hpc/.gitignore"]));
        Assert.Equal(manifest.Digest, (await SnapshotBuilder.BuildAsync(path)).Digest);
    }

    [SkippableFact]
    public async Task Links_and_permissions_are_kept()
    {
        Skip.If(OperatingSystem.IsWindows(), "no such permissions");
        var path = await store.EnsureAsync(await BuildAsync(), "run-1");
        Assert.Equal("sub/run.sh", new FileInfo(Path.Join(path, "link")).LinkTarget);
        Assert.Equal(0b101_101_101, TempFolder.Mode(Path.Join(path, "sub/run.sh")));
        Assert.Equal(0b100_100_100, TempFolder.Mode(Path.Join(path, "a.py")));
    }

    [Fact]
    public async Task The_last_run_takes_the_snapshot_with_it()
    {
        var manifest = await BuildAsync();
        await store.EnsureAsync(manifest, "run-1");
        await store.EnsureAsync(manifest, "run-2");
        Assert.Equal(["run-1", "run-2"], store.RunsOf(manifest.Digest));
        Assert.False(await store.ReleaseAsync(manifest.Digest, "run-1"));
        Assert.False(await store.ReleaseAsync(manifest.Digest, "run-1"));
        Assert.False(await store.ReleaseAsync(manifest.Digest, "stranger"));
        Assert.Equal(3, Stored().Length);
        Assert.True(await store.ReleaseAsync(manifest.Digest, "run-2"));
        Assert.Empty(Stored());
        Assert.False(await store.ReleaseAsync(manifest.Digest, "run-2"));
        await store.EnsureAsync(manifest, "run-3");
        Assert.Equal(["run-3"], store.RunsOf(manifest.Digest));
    }

    [Fact]
    public async Task A_store_that_was_never_used_releases_nothing_and_creates_nothing()
    {
        Assert.False(await store.ReleaseAsync(new string('0', 64), "run"));
        Assert.Empty(store.RunsOf(new string('0', 64)));
        Assert.False(Directory.Exists(temp["root"]));
    }

    [Fact]
    public async Task An_existing_snapshot_is_not_copied_again()
    {
        var manifest = await BuildAsync();
        var path = await store.EnsureAsync(manifest, "run-1");
        var before = File.GetLastWriteTimeUtc(path);
        Directory.Delete(temp["exp"], recursive: true);
        Assert.Equal(path, await store.EnsureAsync(manifest, "run-2"));
        Assert.Equal(before, File.GetLastWriteTimeUtc(path));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("short")]
    [InlineData("manifest")]
    [InlineData("manifest bit")]
    [InlineData("folder")]
    public async Task A_damaged_snapshot_is_made_again(string damage)
    {
        var manifest = await BuildAsync();
        var path = await store.EnsureAsync(manifest, "run-1");
        var file = Path.Join(path, "a.py");
        File.SetAttributes(file, FileAttributes.Normal);
        var json = File.ReadAllText(path + ".json");
        if (damage == "missing")
            File.Delete(file);
        else if (damage == "short")
            File.WriteAllText(file, "");
        else if (damage == "manifest")
            File.Delete(path + ".json");
        else if (damage == "manifest bit")
            File.WriteAllText(path + ".json", json.Replace("a.py", "b.py"));
        else
            Directory.Delete(path, recursive: true);
        await store.EnsureAsync(manifest, "run-2");
        Assert.Equal("one", File.ReadAllText(file));
        Assert.Equal(["run-1", "run-2"], store.RunsOf(manifest.Digest));
        Assert.Equal(json, File.ReadAllText(path + ".json"));
        Assert.Equal(3, Stored().Length);
    }

    [Fact]
    public async Task Code_that_changed_since_it_was_read_is_refused_and_nothing_is_left()
    {
        var manifest = await BuildAsync();
        temp.Write("exp/a.py", "two");
        var error = await Assert.ThrowsAsync<HpcException>(() => store.EnsureAsync(manifest, "run"));
        Assert.Contains("a.py' was changed", error.Message, StringComparison.Ordinal);
        File.Delete(temp["exp/a.py"]);
        await Assert.ThrowsAsync<HpcException>(() => store.EnsureAsync(manifest, "run"));
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task Two_processes_and_many_tasks_at_once_make_one_snapshot()
    {
        for (var i = 0; i < 50; i++)
            temp.Write($"exp/many/{i}", new string('x', i * 1000));
        var manifest = await BuildAsync();
        using var child = ChildProcess.StartSelf("snapshot", temp["exp"], temp["root"], "child");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => store.EnsureAsync(manifest, $"run-{i}")));
        Assert.Equal(store.PathOf(manifest.Digest), await child.ReadLineAsync());
        Assert.Equal(0, await child.EndAsync());
        Assert.Equal(7, store.RunsOf(manifest.Digest).Count);
        Assert.Equal(3, Stored().Length);
        Assert.Equal(manifest.Digest, (await SnapshotBuilder.BuildAsync(store.PathOf(manifest.Digest))).Digest);
    }

    [Fact]
    public async Task Users_that_come_and_go_at_once_never_find_it_half_there()
    {
        var manifest = await BuildAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async task =>
        {
            for (var i = 0; i < 10; i++)
            {
                var path = await store.EnsureAsync(manifest, $"run-{task}");
                Assert.Equal("one", await File.ReadAllTextAsync(Path.Join(path, "a.py")));
                await store.ReleaseAsync(manifest.Digest, $"run-{task}");
            }
        }));
        Assert.Empty(Stored());
    }

    [Fact]
    public async Task What_a_killed_process_left_is_cleared_after_a_day()
    {
        temp.Write("root/.hpc/snapshots/.old.tmp/x");
        temp.Write("root/.hpc/snapshots/.new.tmp/x");
        Directory.SetLastWriteTimeUtc(temp["root/.hpc/snapshots/.old.tmp"], DateTime.UtcNow.AddDays(-2));
        var manifest = await BuildAsync();
        await store.EnsureAsync(manifest, "run");
        Assert.Equal([".new.tmp", manifest.Digest, manifest.Digest + ".json", manifest.Digest + ".runs"], Stored());
    }

    [Fact]
    public async Task A_cancelled_copy_leaves_nothing()
    {
        var manifest = await BuildAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.EnsureAsync(manifest, "run", new(canceled: true)));
        Assert.False(Directory.Exists(store.PathOf(manifest.Digest)));
    }

    [SkippableFact]
    public async Task A_full_disk_is_told_and_nothing_is_left()
    {
        using var disk = await Storage.TinyDisk.MountAsync(temp["disk"]);
        Skip.If(disk is null, "cannot mount a small disk here");
        temp.Write("exp/big", new string('x', Storage.TinyDisk.Bytes * 2));
        var manifest = await BuildAsync();
        var error = await Assert.ThrowsAsync<HpcException>(() => new SnapshotStore(disk.Path).EnsureAsync(manifest, "run"));
        Assert.Contains("disk is full", error.Message, StringComparison.Ordinal);
        Assert.Equal([".lock"], Directory.GetFileSystemEntries(Path.Join(disk.Path, ".hpc/snapshots")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_text_that_is_no_digest_is_refused() =>
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => store.PathOf("../x")).Code);
}
