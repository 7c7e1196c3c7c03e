using HpcAgent.Engine.Local;

namespace HpcAgent.Engine.Tests.Local;

public sealed class SpareFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("hpc-agent-test-").FullName;
    private readonly SpareFiles _spares = new();

    public SpareFilesTests() => Skip.If(OperatingSystem.IsWindows(), "there are no spares on Windows");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [SkippableFact]
    public void An_empty_folder_becomes_the_next_one()
    {
        _spares.MakeWork(In("a"));
        Assert.True(_spares.TryKeepWork(In("a")));
        _spares.MakeWork(In("b"));
        Assert.Equal([In("b")], Directory.GetDirectories(_root));
    }

    [SkippableFact]
    public void A_folder_with_anything_in_it_is_not_kept()
    {
        _spares.MakeWork(In("a"));
        File.WriteAllText(In("a/.hidden"), "");
        Assert.False(_spares.TryKeepWork(In("a")));
        _spares.MakeWork(In("b"));
        Assert.True(File.Exists(In("a/.hidden")));
        Assert.Empty(Directory.GetFileSystemEntries(In("b")));
    }

    [SkippableFact]
    public void A_folder_that_was_changed_or_replaced_is_not_kept()
    {
        if (OperatingSystem.IsWindows()) return;
        _spares.MakeWork(In("a"));
        UnixFileMode mode = File.GetUnixFileMode(In("a"));
        File.SetUnixFileMode(In("a"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.False(_spares.TryKeepWork(In("a")));
        File.SetUnixFileMode(In("a"), mode);
        Directory.Move(In("a"), In("moved"));
        Assert.False(_spares.TryKeepWork(In("a")));
        Directory.CreateSymbolicLink(In("a"), In("moved"));
        Assert.False(_spares.TryKeepWork(In("a")));
    }

    [SkippableFact]
    public void A_folder_that_cannot_take_the_place_of_another_is_dropped()
    {
        _spares.MakeWork(In("a"));
        Assert.True(_spares.TryKeepWork(In("a")));
        Directory.CreateDirectory(In("b"));
        File.WriteAllText(In("b/kept"), "what an attempt of this name left");
        _spares.MakeWork(In("b"));
        Assert.True(File.Exists(In("b/kept")));
        Assert.False(Directory.Exists(In("a")));
    }

    [SkippableFact]
    public void A_log_takes_the_place_of_whatever_is_there()
    {
        File.WriteAllText(In("a"), "");
        File.WriteAllText(In("b"), "stale");
        Assert.True(_spares.TryKeepLog(In("a")));
        _spares.MakeLog(In("b"));
        Assert.Equal("", File.ReadAllText(In("b")));
        Assert.False(File.Exists(In("a")));
        File.WriteAllText(In("c"), "stale");
        _spares.MakeLog(In("c"));
        Assert.False(File.Exists(In("c")));
    }

    [SkippableFact]
    public void What_is_dropped_is_gone_and_not_used_again()
    {
        _spares.MakeWork(In("a"));
        File.WriteAllText(In("log"), "");
        Assert.True(_spares.TryKeepWork(In("a")));
        Assert.True(_spares.TryKeepLog(In("log")));
        _spares.Drop();
        Assert.Empty(Directory.GetFileSystemEntries(_root));
        _spares.MakeWork(In("b"));
        Assert.Equal([In("b")], Directory.GetDirectories(_root));
    }

    private string In(string name) => Path.Combine(_root, name);
}
