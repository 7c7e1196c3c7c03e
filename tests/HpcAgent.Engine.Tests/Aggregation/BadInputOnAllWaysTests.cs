using System.Diagnostics;
using System.Text;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Tests.NodeScripts;

namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>The table of bad input in docs/aggregation.md: read from files, from packs of the cluster's script, and from an archive.</summary>
public sealed class BadInputOnAllWaysTests
{
    private const string Broken = "expected a value";

    // What stands in the file, and what is told: of the file, and by packs, of the cluster or of an archive, if that is something else. Null: nothing.
    private static readonly (string Content, string? Told, string? ToldByPack)[] s_files =
    [
        ("{\"x\": }", Broken, null),
        ("{\"x\": 1, \"x\": 2}", "the key \"x\" occurs twice", null),
        ("{\"a.b\": 1, \"a\": {\"b\": 2}}", "the metric \"a.b\" occurs twice", null),
        ("[1]", "the document is not an object", null),
        ("{\n \"x\": \"\u00ff\"}", "text that is not UTF-8", null),
        (string.Concat(Enumerable.Repeat("{\"a\":", 65)) + "1" + new string('}', 65), "nested more than 64 deep", null),
        ("", "is empty, or not a regular file", null),
        ("{\"x\": 1\0}", "expected a comma or a closing brace", "it holds a NUL byte"),
        ("{\"x\": 7, \"n_samples\": -3}", "n_samples is negative and was counted as 1", null),
        ("{\"x\": 7, \"n_samples\": \"many\"}", "n_samples is not a number and was counted as 1", null),
        ("{\"x\": 1e999, \"y\": NaN, \"z\": \"t\", \"w\": null, \"v\": [1]}", null, null),
        ("{\"x\": 5, \"n_samples\": 0}", null, null),
        ("{\"x\": 1.5}", null, null),
    ];

    public static TheoryData<string> Awks => ["mawk", "gawk", "busybox awk", "original-awk"];

    [SkippableTheory]
    [MemberData(nameof(Awks))]
    public async Task What_is_wrong_with_a_file_is_told_and_the_rest_comes_out_the_same(string awk)
    {
        NodeShells.Require(awk);
        // Behind those of the list: a folder, a pipe, a file of a gigabyte, and none.
        int folder = s_files.Length, pipe = folder + 1, large = folder + 2, none = folder + 3;
        using ArchivedRun run = new(none + 1, perWave: 5);
        using PackRun packs = new(none + 1, 5, run.Layout.Root);
        for (int i = 0; i < s_files.Length; i++) _ = packs.Write(i, Encoding.Latin1.GetBytes(s_files[i].Content));
        _ = Directory.CreateDirectory(packs.PathOf(folder));
        _ = Directory.CreateDirectory(Path.GetDirectoryName(packs.PathOf(pipe))!);
        using (Process make = Process.Start("mkfifo", [packs.PathOf(pipe)])) await make.WaitForExitAsync();
        _ = packs.Write(large, "{}");
        using (FileStream file = new(packs.PathOf(large), FileMode.Open)) file.SetLength(1L << 30);
        PackedWaves waves = new(packs.Waves, PackRun.Read(await packs.PackAsync("dash", awk)));
        _ = await run.PackAsync();

        Aggregate files = await run.AggregateAsync();
        using RunResults packed = RunResults.OfRun(run.Record, run.Layout, null, packed: waves);
        Aggregate pack = await packed.AggregateAsync(null, [0.25], CancellationToken.None), archive = await run.AggregateAsync(run.Archive);
        string expected = Experiment.Show(files with { Problems = [] });
        Assert.StartsWith($"5/{none + 1} missing 0,1,2,3,4,5,6,7,{folder},{pipe},{large},{none}\n", expected, StringComparison.Ordinal);
        foreach (Aggregate other in (Aggregate[])[pack, archive])
        {
            Assert.Equal(expected, Experiment.Show(other with { Problems = [] }));
            Assert.Equal(files.InputDigest, other.InputDigest);
        }
        List<(long, string, string)> told = [.. s_files.Select((f, i) => ((long)i, f.Told!, f.ToldByPack ?? f.Told!)).Where(t => t.Item2 is not null)];
        told.AddRange([(folder, "is a folder", "is a folder"), (pipe, "or not a regular file", "or not a regular file"), (large, "is larger than 67108864 bytes", "is larger than 67108864 bytes")]);
        Expect(files, told.Select(t => (t.Item1, t.Item2)));
        Expect(archive, told.Select(t => (t.Item1, t.Item3)));
        Expect(pack, told.Select(t => (t.Item1, t.Item3)));
    }

    private static void Expect(Aggregate aggregate, IEnumerable<(long Task, string Text)> told)
    {
        Assert.Equal(told.Select(t => t.Task), aggregate.Problems.Select(p => p.TaskId));
        foreach (((long task, string text), AggregateProblem problem) in told.Zip(aggregate.Problems))
        {
            Assert.True(text.Split('|').Any(t => problem.Message.Contains(t, StringComparison.Ordinal)), $"task {task}: {problem.Message}");
            // Said once each: which task, and which file.
            string shown = problem.ToString();
            Assert.Contains($"task {task}: ", shown, StringComparison.Ordinal);
            Assert.Equal(shown.IndexOf(problem.Path, StringComparison.Ordinal), shown.LastIndexOf(problem.Path, StringComparison.Ordinal));
        }
    }
}
