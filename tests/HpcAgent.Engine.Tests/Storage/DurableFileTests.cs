using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Storage;

public sealed class DurableFileTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public async Task A_write_replaces_the_content_and_leaves_nothing_else()
    {
        var path = temp["a/b/file.json"];
        await DurableFile.WriteAsync(path, Bytes("old"));
        await DurableFile.WriteAsync(path, Bytes("new"));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(temp["a/b"]));
    }

    [Fact]
    public async Task A_file_is_created_once()
    {
        var path = temp["file"];
        Assert.True(await DurableFile.TryCreateAsync(path, Bytes("first")));
        Assert.False(await DurableFile.TryCreateAsync(path, Bytes("second")));
        Assert.Equal("first", File.ReadAllText(path));
        Assert.Single(Directory.GetFileSystemEntries(temp.Root));
    }

    [Fact]
    public async Task Of_many_that_create_a_file_at_once_one_wins()
    {
        for (var round = 0; round < 20; round++)
        {
            var path = temp[$"file{round}"];
            var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => DurableFile.TryCreateAsync(path, Bytes($"{i}"))));
            Assert.Single(won, true);
            Assert.Equal($"{Array.IndexOf(won, true)}", File.ReadAllText(path));
        }
    }

    [Fact]
    public async Task An_append_closes_a_torn_line_first()
    {
        var path = temp.Write("journal", "good\ntorn");
        await DurableFile.AppendAsync(path, Bytes("next\n"), flush: true);
        Assert.Equal("good\ntorn\nnext\n", File.ReadAllText(path));
    }

    [Fact]
    public async Task A_cancelled_write_does_nothing()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DurableFile.WriteAsync(temp["file"], Bytes("x"), source.Token));
        Assert.False(File.Exists(temp["file"]));
    }

    [Fact]
    public async Task A_path_below_a_file_is_an_error_that_names_it()
    {
        temp.Write("file");
        var path = temp["file/below.json"];
        foreach (var write in (Func<Task>[])[() => DurableFile.WriteAsync(path, Bytes("x")), () => DurableFile.AppendAsync(path, Bytes("x"), true), () => DurableFile.TryCreateAsync(path, Bytes("x"))])
        {
            var error = await Assert.ThrowsAsync<HpcException>(write);
            Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
            Assert.NotNull(error.Remediation);
        }
    }

    [Fact]
    public async Task A_folder_in_the_way_is_an_error_and_leaves_no_debris()
    {
        Directory.CreateDirectory(temp["file"]);
        await Assert.ThrowsAsync<HpcException>(() => DurableFile.WriteAsync(temp["file"], Bytes("x")));
        Assert.Equal([temp["file"]], Directory.GetFileSystemEntries(temp.Root));
    }

    [SkippableFact]
    public async Task A_full_device_is_told_as_such()
    {
        Skip.IfNot(File.Exists("/dev/full"), "no /dev/full");
        var link = temp["full"];
        File.CreateSymbolicLink(link, "/dev/full");
        var error = await Assert.ThrowsAsync<HpcException>(() => DurableFile.AppendAsync(link, Bytes("x\n"), true));
        Assert.Contains("full", error.Message, StringComparison.Ordinal);
        Assert.Contains(link, error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task On_a_full_disk_the_old_content_stays_and_nothing_is_left()
    {
        using var disk = await TinyDisk.MountAsync(temp["disk"]);
        Skip.If(disk is null, "cannot mount a small disk here");
        var file = Path.Join(disk.Path, "file");
        var journal = Path.Join(disk.Path, "journal");
        await DurableFile.WriteAsync(file, Bytes("old"));
        await DurableFile.AppendAsync(journal, Bytes("line\n"), true);

        var big = new byte[TinyDisk.Bytes * 2];
        var errors = new[]
        {
            await Assert.ThrowsAsync<HpcException>(() => DurableFile.WriteAsync(file, big)),
            await Assert.ThrowsAsync<HpcException>(() => DurableFile.AppendAsync(journal, big, true)),
            await Assert.ThrowsAsync<HpcException>(() => DurableFile.TryCreateAsync(Path.Join(disk.Path, "new"), big)),
        };

        Assert.All(errors, error => Assert.Contains("disk is full", error.Message, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.Equal(ErrorCode.PreconditionFailed, error.Code));
        Assert.Equal("old", File.ReadAllText(file));
        Assert.Equal("line\n", File.ReadAllText(journal));
        Assert.Equal([file, journal], Directory.GetFileSystemEntries(disk.Path).Order());
        await DurableFile.AppendAsync(journal, Bytes("next\n"), true);
        Assert.Equal("line\nnext\n", File.ReadAllText(journal));
    }
}
