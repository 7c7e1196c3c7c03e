using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>pack.sh and pack.awk under every shell and awk that is here.</summary>
public sealed class PackTests
{
    public static TheoryData<string, string> Programs
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string shell in (string[])["dash", "bash", "busybox sh"])
                foreach (string awk in (string[])["mawk", "gawk", "busybox awk", "original-awk"])
                    all.Add(shell, awk);
            return all;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Programs))]
    public async Task Records_are_the_bytes_of_their_files_with_tabs_for_line_breaks_and_what_cannot_be_taken_is_named(string shell, string awk)
    {
        NodeShells.Require(shell);
        NodeShells.Require(awk);
        using PackRun run = new(3000) { Limit = 200_000 };
        byte[] odd = [.. "{\"a\":\r\n 1,\"\\u00e9\u00e9\":2,\"x\":\""u8, 0xFF, 0xFE, 0xC3, .. "%s \\n & \\\\ $1\"}"u8];
        _ = run.Write(0, odd);
        _ = run.Write(1, "{\"a\":2}\n\n");
        _ = run.Write(2, "");
        _ = run.Write(3, "{\"a\":\0 1}");
        _ = run.Write(4, "{\"a\":1}\u0001");
        _ = run.Write(5, "{\"a\":1}\0");
        _ = Directory.CreateDirectory(run.PathOf(6));
        File.CreateSymbolicLink(PackRun.Write(run.PathOf(7) + ".target", "{}"u8.ToArray())[..^7], run.PathOf(7) + ".target");
        _ = run.Write(8, new string('1', 200_001));
        string pretty = "{\n" + string.Join(",\n", Enumerable.Range(0, 9000).Select(i => $"  \"m{i}\": {i}")) + "\r\n}\n";
        _ = run.Write(1999, pretty);
        // Not of a task: too deep, a work folder, another shard, no number.
        foreach (string other in (string[])["0/0/sub/metrics.json", "0/_wip_9_1/metrics.json", "0/1500/metrics.json", "0/x/metrics.json", "0/09/metrics.json", "2/2500/metrics.json.tmp"])
            _ = PackRun.Write(Path.Combine(run.Root, "results", other), "{}"u8.ToArray());

        string printed = await run.PackAsync(shell, awk);
        IReadOnlyList<PackedWave> waves = PackRun.Read(printed);
        Assert.Equal([0, 1], waves.Select(wave => wave.Index));
        const string notText = "\"problem\":\"metrics.json is no JSON text: it holds a NUL byte or a byte 1\"";
        Assert.Equal((2, 7, 0, true), (waves[0].RecordCount, waves[0].ProblemCount, waves[0].ChangedCount, waves[0].IsFresh));
        Assert.Equal((1, 0), (waves[1].RecordCount, waves[1].ProblemCount));
        foreach (PackedWave wave in waves)
            Assert.Equal((wave.Crc, wave.ByteCount), (PosixCrc.Compute(run.Pack(wave.Index)), run.Pack(wave.Index).Length));
        byte[] expected = [.. "{\"task\":0,\"metrics\":"u8, .. odd, .. "}\n"u8];
        expected.AsSpan(0, expected.Length - 1).Replace((byte)'\n', (byte)'\t');
        expected.AsSpan().Replace((byte)'\r', (byte)'\t');
        Assert.Equal(expected, run.Pack(0)[..expected.Length]);
        Assert.Equal(
            $$$"""
            {"task":1,"metrics":{"a":2}@@}
            {"task":2,"problem":"metrics.json is empty, or not a regular file"}
            {"task":3,{{{notText}}}}
            {"task":4,{{{notText}}}}
            {"task":5,{{{notText}}}}
            {"task":6,"problem":"metrics.json is a folder, not a file"}
            {"task":7,"problem":"metrics.json is empty, or not a regular file"}
            {"task":8,"problem":"metrics.json is larger than 200000 bytes"}

            """.Replace('@', '\t'),
            Encoding.UTF8.GetString(run.Pack(0)[expected.Length..]));
        Assert.Equal($"{{\"task\":1999,\"metrics\":{pretty.Replace('\n', '\t').Replace('\r', '\t')}}}\n", run.Text(1));
        Assert.Empty(run.Leftovers());
    }

    [SkippableTheory]
    [MemberData(nameof(Programs))]
    public async Task A_wave_is_packed_again_only_if_its_files_are_others(string shell, string awk)
    {
        NodeShells.Require(shell);
        NodeShells.Require(awk);
        using PackRun run = new(2001);
        for (int i = 0; i < 2001; i += i is > 10 and < 1000 ? 500 : 1) _ = run.Write(i, $"{{\"i\":{i}}}");
        IReadOnlyList<PackedWave> first = PackRun.Read(await run.PackAsync(shell, awk));
        Assert.All(first, wave => Assert.True(wave.IsFresh));
        IReadOnlyList<PackedWave> again = PackRun.Read(await run.PackAsync(shell, awk));
        Assert.Equal(first.Select(wave => wave with { IsFresh = false }), again);
        _ = run.Write(20, "{\"i\":20}");
        IReadOnlyList<PackedWave> grown = PackRun.Read(await run.PackAsync(shell, awk));
        Assert.Equal([true, false, false], grown.Select(wave => wave.IsFresh));
        Assert.Equal(first[0].RecordCount + 1, grown[0].RecordCount);
        // Without its pack, a wave is packed anew.
        File.Delete(Path.Combine(run.Waves, "1.ndjson"));
        Assert.Equal([false, true, false], PackRun.Read(await run.PackAsync(shell, awk)).Select(wave => wave.IsFresh));
    }

    [SkippableTheory]
    [MemberData(nameof(Programs))]
    public async Task Folders_from_a_template_are_found_by_the_task_table(string shell, string awk)
    {
        NodeShells.Require(shell);
        NodeShells.Require(awk);
        using PackRun run = new(3, 1) { HasTemplate = true };
        string[] folders = ["a/b c", "it's/\u00e9", "x/y/z"];
        // Values that look like the end of a record and like a folder.
        RunTask[] tasks = [.. folders.Select((f, i) => new RunTask(i, new Dictionary<string, object?> { ["v"] = $"\n#{i}\nHPC_RESULT_FOLDER='wrong'\n" }))];
        _ = TaskTable.Write(
            TaskSet.FromMaps(tasks.Select(t => t.Parameters)), Path.Combine(run.Root, "tasks"), new TaskTableOptions { MarksEnd = true, ResultFolder = task => folders[task.Id] });
        for (int i = 0; i < 3; i++) _ = PackRun.Write(Path.Combine(run.Root, "results", folders[i], "metrics.json"), Encoding.UTF8.GetBytes($"{{\"i\":{i}}}"));
        _ = PackRun.Write(Path.Combine(run.Root, "results", "wrong", "metrics.json"), "{}"u8.ToArray());
        IReadOnlyList<PackedWave> waves = PackRun.Read(await run.PackAsync(shell, awk));
        Assert.Equal([0, 1, 2], waves.Select(wave => wave.Index));
        for (int i = 0; i < 3; i++) Assert.Equal($"{{\"task\":{i},\"metrics\":{{\"i\":{i}}}}}\n", run.Text(i));
        Assert.Empty(run.Leftovers());
    }

    [SkippableFact]
    public async Task Where_find_cannot_print_ls_lists_the_same()
    {
        NodeShells.Require("dash");
        using PackRun run = new(1000);
        for (int i = 0; i < 50; i++) _ = run.Write(i, $"{{\"i\":{i}}}");
        _ = run.Write(50, "");
        _ = Directory.CreateDirectory(run.PathOf(51));
        _ = await run.PackAsync();
        string printed = run.Text(0);
        using PackRun other = new(1000);
        for (int i = 0; i < 50; i++) _ = other.Write(i, $"{{\"i\":{i}}}");
        _ = other.Write(50, "");
        _ = Directory.CreateDirectory(other.PathOf(51));
        other.Environment["HPC_PACK_LIST"] = "ls";
        _ = await other.PackAsync();
        Assert.Equal(printed, other.Text(0));
    }

    [Fact]
    public async Task More_files_than_allowed_are_left_for_a_job_and_what_was_packed_is_still_told()
    {
        using PackRun run = new(2000);
        for (int i = 0; i < 10; i++) _ = run.Write(i, "{}");
        _ = await run.PackAsync(most: "10");
        for (int i = 1000; i < 1010; i++) _ = run.Write(i, "{}");
        string printed = await run.PackAsync(most: "9");
        Assert.Equal("pending 10", printed.Split('\n')[0]);
        Assert.Equal([0], PackRun.Read(printed).Select(wave => wave.Index));
        Assert.False(File.Exists(Path.Combine(run.Waves, "1.ndjson")));
        Assert.Equal([0, 1], PackRun.Read(await run.PackAsync(most: "10")).Select(wave => wave.Index));
    }

    [Theory]
    // An awk that fails in the middle, and one that says more than it wrote.
    [InlineData("case $* in *pack.awk*) echo half >\"$hpc_out\"; exit 2 ;; esac")]
    [InlineData("case $* in *pack.awk*) echo half >\"$hpc_out\"; echo 3 0 0 99; exit 0 ;; esac")]
    [InlineData("case $* in *pack.awk*) kill -9 $$ ;; esac")]
    public async Task A_pack_that_was_not_written_whole_never_gets_its_name(string fault)
    {
        using PackRun run = new(1000);
        for (int i = 0; i < 3; i++) _ = run.Write(i, "{}");
        string awk = PackRun.Write(Path.Combine(Path.GetDirectoryName(run.Root)!, "badawk"), Encoding.UTF8.GetBytes(
            $"#!/bin/sh\n{fault}\nexec awk \"$@\"\n"));
        TempFolder.SetMode(awk, 0x1ED);
        string printed = await run.PackAsync(awk: awk);
        Assert.StartsWith("failed 0 ", printed, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(run.Waves, "*.ndjson"));
        Assert.Empty(run.Leftovers());
        Assert.Equal([0], PackRun.Read(await run.PackAsync()).Select(wave => wave.Index));
    }

    [SkippableTheory]
    [MemberData(nameof(Programs))]
    public async Task A_file_that_changed_after_it_was_listed_is_named_and_taken_by_the_next_call(string shell, string awk)
    {
        NodeShells.Require(shell);
        NodeShells.Require(awk);
        using PackRun run = new(1000);
        for (int i = 0; i < 3; i++) _ = run.Write(i, "{}");
        // The listing is done when awk starts to read.
        string late = PackRun.Write(Path.Combine(Path.GetDirectoryName(run.Root)!, "lateawk"), Encoding.UTF8.GetBytes(
            $"#!/bin/sh\ncase $* in *pack.awk*) printf '{{\"a\":1}}' >./0/1/metrics.json; rm ./0/2/metrics.json ;; esac\nexec {awk} \"$@\"\n"));
        TempFolder.SetMode(late, 0x1ED);
        PackedWave wave = Assert.Single(PackRun.Read(await run.PackAsync(shell, late)));
        Assert.Equal((1, 2, 1), (wave.RecordCount, wave.ProblemCount, wave.ChangedCount));
        Assert.Contains("{\"task\":1,\"problem\":\"metrics.json changed while it was read; it is taken again when the run is packed next\"}\n", run.Text(0), StringComparison.Ordinal);
        Assert.Contains("{\"task\":2,\"problem\":\"metrics.json cannot be read\"}\n", run.Text(0), StringComparison.Ordinal);
        wave = Assert.Single(PackRun.Read(await run.PackAsync(shell, awk)));
        Assert.Equal((2, 0, 0, true), (wave.RecordCount, wave.ProblemCount, wave.ChangedCount, wave.IsFresh));
        Assert.Equal("{\"task\":0,\"metrics\":{}}\n{\"task\":1,\"metrics\":{\"a\":1}}\n", run.Text(0));
    }

    [Fact]
    public async Task Results_behind_a_link_are_packed_too()
    {
        using PackRun run = new(1000);
        _ = run.Write(1, "{}");
        string moved = Path.Combine(Path.GetDirectoryName(run.Root)!, "elsewhere", "results");
        _ = Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
        Directory.Move(Path.Combine(run.Root, "results"), moved);
        _ = Directory.CreateSymbolicLink(Path.Combine(run.Root, "results"), moved);
        Assert.Equal(1, Assert.Single(PackRun.Read(await run.PackAsync())).RecordCount);
    }

    [Fact]
    public async Task Two_at_once_leave_whole_packs()
    {
        using PackRun run = new(2000);
        for (int i = 0; i < 2000; i++) _ = run.Write(i, $"{{\"i\":{i}}}");
        string[] printed = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => run.PackAsync()));
        foreach (PackedWave wave in printed.SelectMany(PackRun.Read))
            Assert.Equal((wave.Crc, wave.ByteCount), (PosixCrc.Compute(run.Pack(wave.Index)), run.Pack(wave.Index).Length));
        Assert.Empty(run.Leftovers());
    }

    [Fact]
    public async Task Before_the_first_task_is_complete_there_is_nothing_to_say()
    {
        using PackRun run = new(1000);
        Assert.Equal("", await run.PackAsync());
        Directory.Delete(Path.Combine(run.Root, "results"));
        Assert.Equal("nothing", await run.PackAsync());
    }
}
