using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;
using HpcAgent.Engine.Tests.NodeScripts;

namespace HpcAgent.Engine.Tests.Batch;

/// <summary>Fetching with the real script, on this machine as a login node.</summary>
public sealed class BatchFetchTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RunLayout _remote;
    private readonly RunLayout _mirror;
    private readonly CountedHost _host = new();

    public BatchFetchTests()
    {
        Skip.If(OperatingSystem.IsWindows(), "The script runs where clusters are.");
        (_remote, _mirror) = (new RunLayout(_folder["remote here"], "r"), new RunLayout(_folder["mirror"], "r"));
        _ = TaskTable.Write(TaskSet.FromMaps([new Dictionary<string, object?>(StringComparer.Ordinal) { ["a"] = 1L }]), _remote.Tasks);
    }

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Only_what_is_new_or_changed_travels()
    {
        Put("0/0/metrics.json", "{}");
        Put("0/0/it's \"odd\" -name *.txt", "odd");
        Put("0/0/-T", "dash");
        Put("0/_wip_1_1/half", "half");
        Assert.Equal(3, (await FetchAsync()).FileCount);
        Assert.Equal("odd", Got("0/0/it's \"odd\" -name *.txt"));
        Assert.Equal("dash", Got("0/0/-T"));
        Assert.True(File.Exists(Path.Combine(_mirror.Tasks, TaskTable.TableName)));
        Assert.False(Directory.Exists(Path.Combine(_mirror.Results, "0", "_wip_1_1")));
        Assert.Equal(0, (await FetchAsync()).FileCount);
        Put("0/1/new.bin", "new");
        // Of the same length, but of another time.
        Put("0/0/metrics.json", "[]");
        File.SetLastWriteTimeUtc(Path.Combine(_remote.Results, "0", "0", "metrics.json"), new DateTime(2031, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        FetchResult second = await FetchAsync();
        Assert.Equal((2, "[]"), (second.FileCount, Got("0/0/metrics.json")));
        Assert.Empty(second.Warnings);
        Assert.Equal(3, _host.Calls);
        Assert.Empty(Directory.GetFiles(_mirror.Results, "*.part", SearchOption.AllDirectories));
    }

    [SkippableFact]
    public async Task A_host_that_cuts_the_third_part_leaves_what_came_and_the_next_call_goes_on()
    {
        for (int i = 0; i < 10; i++) Put($"0/{i}/data", new string((char)('a' + i), 1000));
        _host.FailsAtCall = 3;
        HpcException cut = await Assert.ThrowsAsync<HpcException>(() => FetchAsync(2500));
        Assert.Equal(ErrorCode.SshUnreachable, cut.Code);
        Assert.Equal(4, Directory.GetFiles(_mirror.Results, "data", SearchOption.AllDirectories).Length);
        _host.FailsAtCall = 0;
        Assert.Equal(6, (await FetchAsync(2500)).FileCount);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Equal(new string((char)('a' + i), 1000), Got($"0/{i}/data")));
        Put("0/3/large", new string('x', 9000));
        Assert.Equal(1, (await FetchAsync(2500)).FileCount);
    }

    [SkippableFact]
    public async Task Patterns_are_applied_where_the_files_are()
    {
        Put("0/0/metrics.json", "{}");
        Put("0/0/plots/a.png", "a");
        Put("0/0/big[1].bin", "b");
        Assert.Equal(1, (await FetchAsync(patterns: ["*.json"])).FileCount);
        Assert.Equal(2, (await FetchAsync(patterns: ["plots/*.png", "big[1].*"])).FileCount);
        Assert.Equal(0, (await FetchAsync(patterns: ["*.gz"])).FileCount);
    }

    [SkippableFact]
    public async Task Names_that_cannot_travel_and_links_are_left_and_the_former_told()
    {
        Put("0/0/a\nb", "x");
        Put("0/0/back\\slash", "x");
        Put("0/0/good", "x");
        _ = File.CreateSymbolicLink(Path.Combine(_remote.Results, "0", "0", "link"), "/etc/passwd");
        FetchResult result = await FetchAsync();
        Assert.Equal((1, "x"), (result.FileCount, Got("0/0/good")));
        Assert.StartsWith("2 files have names", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_longest_names_and_those_that_look_unfinished_travel_once()
    {
        // 255 bytes, which is all that file systems hold.
        string[] names = [new string('x', 255), new string('\u00e9', 127) + "y", "model.part", "model.1.part"];
        foreach (string name in names) Put("0/0/" + name, name);
        Assert.Equal(names.Length, (await FetchAsync(mostBytes: 1)).FileCount);
        Assert.All(names, name => Assert.Equal(name, Got("0/0/" + name)));
        FetchResult again = await FetchAsync(mostBytes: 1);
        Assert.Equal(0, again.FileCount);
        Assert.Empty(again.Warnings);
    }

    [SkippableFact]
    public async Task What_cannot_be_put_here_is_told_and_does_not_hold_back_the_rest()
    {
        Put("0/0/a/x", "x");
        Put("0/0/b", "b");
        Assert.Equal(2, (await FetchAsync()).FileCount);
        // Done again, the folder is a file and the file a folder. Both are listed before all others.
        Directory.Delete(Path.Combine(_remote.Results, "0", "0"), recursive: true);
        Put("0/0/a", "");
        Put("0/0/b/y", "");
        for (int i = 1; i < 4; i++) Put($"0/{i}/data", new string('d', 1000));
        FetchResult result = await FetchAsync(mostBytes: 1);
        Assert.Equal((3, 2), (result.FileCount, result.Warnings.Count));
        Assert.Contains("'0/0/a' was not taken: here it is a folder, of an earlier call; remove that to have the file", result.Warnings);
        Assert.Contains("'0/0/b/y' was not taken: here '0/0/b' is a file, of an earlier call; remove that to have the folder", result.Warnings);
        Assert.Equal("x", Got("0/0/a/x"));
        Directory.Delete(Path.Combine(_mirror.Results, "0", "0"), recursive: true);
        Assert.Equal(2, (await FetchAsync()).FileCount);
    }

    [SkippableFact]
    public async Task Without_results_there_is_nothing_and_without_a_run_an_error()
    {
        Assert.Equal(0, (await FetchAsync()).FileCount);
        Directory.Delete(_remote.Root, recursive: true);
        HpcException error = await Assert.ThrowsAsync<HpcException>(() => FetchAsync());
        Assert.Equal(ErrorCode.OutputsMissing, error.Code);
    }

    [SkippableFact]
    public async Task Where_programs_are_those_of_busybox_the_same_files_come()
    {
        NodeShells.Require("busybox");
        // Debian's busybox is without these.
        _host.Programs = Programs("comm", "cksum", "tar");
        Put("0/0/metrics.json", "{}");
        Put("0/0/it's \"odd\" -name *.txt", "odd");
        Put("0/0/-T", "dash");
        Put("0/0/a\nb", "x");
        Put("0/0/back\\slash", "x");
        Put("0/_wip_1_1/half", "half");
        FetchResult first = await FetchAsync();
        Assert.Equal((3, "odd", "dash"), (first.FileCount, Got("0/0/it's \"odd\" -name *.txt"), Got("0/0/-T")));
        Assert.StartsWith("2 files have names", Assert.Single(first.Warnings), StringComparison.Ordinal);
        Put("0/1/new.bin", "new");
        Assert.Equal((1, "new"), ((await FetchAsync(patterns: ["*.bin"])).FileCount, Got("0/1/new.bin")));
        Assert.Equal(0, (await FetchAsync()).FileCount);
    }

    [SkippableTheory]
    [InlineData("comm", "rm -f \"$bin/comm\"")]
    [InlineData("cksum, tar -T", "for p in cksum tar; do printf '#!/bin/sh\\nexit 1\\n' >\"$bin/new\"; chmod +x \"$bin/new\"; mv -f \"$bin/new\" \"$bin/$p\"; done")]
    [InlineData("stat -c", "printf '#!/bin/sh\\nexit 1\\n' >\"$bin/new\"; chmod +x \"$bin/new\"; mv -f \"$bin/new\" \"$bin/stat\"")]
    [InlineData("xargs -0", "printf '#!/bin/sh\\n[ \"$1\" != -0 ]\\n' >\"$bin/new\"; chmod +x \"$bin/new\"; mv -f \"$bin/new\" \"$bin/xargs\"")]
    public async Task A_login_node_that_lacks_what_is_needed_is_told_what(string lacks, string change)
    {
        NodeShells.Require("busybox");
        _host.Programs = Programs("comm", "cksum", "tar");
        (int exit, string _, string errors) = await ChildProcess.TryRunAsync("/bin/sh", null, ["-c", $"bin='{_host.Programs}'; {change}"]);
        Assert.Equal((0, ""), (exit, errors));
        Put("0/0/metrics.json", "{}");
        HpcException error = await Assert.ThrowsAsync<HpcException>(() => FetchAsync());
        Assert.Equal((ErrorCode.PreconditionFailed, $"result files cannot be fetched: here has no {lacks}"), (error.Code, error.Message));
    }

    // A folder in which every program is busybox but those that are named.
    private string Programs(params string[] own)
    {
        string bin = Directory.CreateDirectory(_folder["bin"]).FullName;
        foreach (string name in (string[])["sh", "cat", "mktemp", "rm", "gzip", "find", "stat", "sort", "comm", "awk", "tr", "xargs", "cksum", "tar", "wc", "printf", "ls", "dd", "test", "mkdir", "uname"])
        {
            string program = own.Contains(name) ? name : "busybox";
            _ = File.CreateSymbolicLink(
                Path.Combine(bin, name), (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists));
        }
        return bin;
    }

    private Task<FetchResult> FetchAsync(long mostBytes = 1 << 20, string[]? patterns = null)
    {
        Run run = new()
        {
            RunId = "r",
            Cluster = "c",
            TaskCount = 20,
            CmdSha = "",
            IdentitySha = "",
            Command = "",
            ExperimentPath = "/x",
            RemotePath = _remote.RemotePath,
            ResultPath = "",
            SubmittedAt = DateTimeOffset.UnixEpoch,
        };
        RunView view = new(new RunRecord { Run = run, Journal = new JournalState { RunId = "r" } }, _mirror);
        return new BatchFetch(_host, view, new FetchRequest { MostBytes = mostBytes, Patterns = patterns ?? [] }).RunAsync(CancellationToken.None);
    }

    private void Put(string name, string text)
    {
        string path = Path.Combine(_remote.Results, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string Got(string name) => File.ReadAllText(Path.Combine(_mirror.Results, name));

    private sealed class CountedHost : IHost
    {
        private readonly LocalHost _inner = new(TimeProvider.System);

        public string Name => "here";

        public int Calls { get; private set; }

        public int FailsAtCall { get; set; }

        /// <summary>The one folder of programs; null for those of this machine.</summary>
        public string? Programs { get; set; }

        public Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken) => ++Calls == FailsAtCall
            ? throw new HpcException(ErrorCode.SshUnreachable, "cut")
            : _inner.RunAsync(Programs is null ? script : script with { Text = $"PATH='{Programs}'; export PATH\n{script.Text}" }, cancellationToken);
    }
}
