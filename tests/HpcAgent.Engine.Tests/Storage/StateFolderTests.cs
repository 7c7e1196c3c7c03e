using System.Security.Cryptography;
using System.Text;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Tests.Storage;

public sealed class StateFolderTests : IDisposable
{
    private readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    private static string Root(StateEnvironment environment) => new StateFolder(environment).Root;

    [SkippableFact]
    public void The_place_follows_variable_then_platform()
    {
        Skip.If(OperatingSystem.IsWindows(), "paths are of Unix");
        var unix = new StateEnvironment { Home = "/home/u", XdgStateHome = "/xdg", LocalAppData = "/appdata" };
        Assert.Equal("/xdg/hpc-agent", Root(unix));
        Assert.Equal("/home/u/.local/state/hpc-agent", Root(unix with { XdgStateHome = null }));
        Assert.Equal("/home/u/.local/state/hpc-agent", Root(unix with { XdgStateHome = "relative/is/ignored" }));
        Assert.Equal("/home/u/Library/Application Support/hpc-agent", Root(unix with { Platform = StatePlatform.MacOS }));
        Assert.Equal("/appdata/hpc-agent", Root(unix with { Platform = StatePlatform.Windows }));
        Assert.Equal("/j", Root(unix with { JournalDirectory = "/j/" }));
        Assert.Equal("/home/u/j", Root(unix with { JournalDirectory = "~/j" }));
        Assert.Equal("/xdg/hpc-agent", Root(unix with { JournalDirectory = " " }));
    }

    [Fact]
    public void A_relative_variable_and_a_missing_home_are_errors()
    {
        var relative = Assert.Throws<HpcException>(() => Root(new() { JournalDirectory = "here", Home = temp.Root }));
        Assert.Contains("HPC_JOURNAL_DIR", relative.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.ConfigInvalid, relative.Code);
        Assert.Equal(ErrorCode.ConfigInvalid, Assert.Throws<HpcException>(() => Root(new())).Code);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_an_error_that_names_it_and_the_variable()
    {
        var path = temp.Write("file") + Path.DirectorySeparatorChar + "state";
        var error = await Assert.ThrowsAsync<HpcException>(() => new StateFolder(new() { JournalDirectory = path }).EnsureWritableAsync());
        Assert.Equal(ErrorCode.ConfigInvalid, error.Code);
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("HPC_JOURNAL_DIR", error.Remediation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_probe_leaves_nothing()
    {
        var state = new StateFolder(new() { JournalDirectory = temp["state"] });
        await state.EnsureWritableAsync();
        Assert.Empty(Directory.GetFileSystemEntries(state.Root));
    }

    [Theory]
    [InlineData("node01.cluster", "node01.cluster")]
    [InlineData("../up", "_._up")]
    [InlineData("..", "_.")]
    [InlineData("a/b c", "a_b_c")]
    public void A_host_name_cannot_leave_its_folder(string host, string expected) =>
        Assert.Equal(Path.Join(temp.Root, "local", expected), new StateFolder(new() { JournalDirectory = temp.Root }).LocalPath(host));

    [SkippableFact]
    public void The_identity_is_the_hash_of_the_real_path()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links may need rights");
        Directory.CreateDirectory(temp["real/exp"]);
        Directory.CreateSymbolicLink(temp["link"], temp["real"]);
        Directory.CreateSymbolicLink(temp["real/self"], "../real/./exp");
        var real = RepositoryIdentity.Canonical(temp.Root) + "/real/exp";
        var expected = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(real))).ToLowerInvariant()[..12];

        foreach (var path in (string[])["real/exp", "real/exp/", "link/exp", "link/self", "link/../real//exp/.", "real/self/../exp"])
            Assert.Equal(expected, RepositoryIdentity.Compute(temp[path]));
        Assert.NotEqual(expected, RepositoryIdentity.Compute(temp["real"]));
        Assert.Equal(real + "/not/there", RepositoryIdentity.Canonical(temp["link/exp/not/there"]));
    }

    [SkippableFact]
    public async Task The_real_path_is_that_of_the_system()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs realpath");
        Directory.CreateDirectory(temp["a/b/c"]);
        File.CreateSymbolicLink(temp["a/up"], "../x");
        File.CreateSymbolicLink(temp["x"], temp["a/b"]);
        File.CreateSymbolicLink(temp["a/b/c/dots"], "../../up/c/../..");
        foreach (var path in (string[])["a/up/c", "x/..", "a/b/c/dots", "a/b/c/dots/b", "x/c/dots/up"])
            Assert.Equal((await ChildProcess.RunAsync("realpath", null, temp[path])).TrimEnd('\n'), RealPath.Resolve(temp[path]));
    }

    [SkippableFact]
    public void Links_in_a_circle_and_relative_paths_are_errors()
    {
        Skip.If(OperatingSystem.IsWindows(), "symbolic links may need rights");
        Directory.CreateSymbolicLink(temp["a"], temp["b"]);
        Directory.CreateSymbolicLink(temp["b"], temp["a"]);
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => RepositoryIdentity.Compute(temp["a"])).Code);
        Assert.Equal(ErrorCode.SpecInvalid, Assert.Throws<HpcException>(() => RepositoryIdentity.Compute("relative")).Code);
    }

    [Fact]
    public async Task A_repository_can_be_found_from_its_state()
    {
        var state = new StateFolder(new() { JournalDirectory = temp["state"] });
        Directory.CreateDirectory(temp["exp"]);
        var repository = state.Repository(temp["exp"]);
        await repository.EnsureAsync(TimeProvider.System);
        var before = File.ReadAllText(Path.Join(repository.FolderPath, "repo.json"));
        await repository.EnsureAsync(TimeProvider.System);
        Assert.Equal(before, File.ReadAllText(Path.Join(repository.FolderPath, "repo.json")));
        Directory.CreateDirectory(Path.Join(state.RepositoriesPath, "stray"));

        var found = Assert.Single(RepositoryFolder.EnumerateAll(state));
        Assert.Equal((repository.FolderPath, repository.ExperimentPath), (found.FolderPath, found.ExperimentPath));
    }
}
