using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Tests.NodeScripts;

namespace HpcAgent.Engine.Tests.Aggregation.Exactness;

/// <summary>
/// Whatever tasks wrote, and whichever way their results take, the same comes out, bit for bit, and it is what fractions of big integers give.
/// HPC_EXACT_ROUNDS is the number of random runs; the ordinary one takes a few seconds.
/// </summary>
public sealed class AllWaysTests
{
    private static readonly string[] s_awks = ["mawk", "gawk", "busybox awk", "original-awk"];

    internal static int Rounds(int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable("HPC_EXACT_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : usual;

    [SkippableFact]
    public void Files_packs_made_in_instalments_archives_parts_and_merges_give_what_fractions_give()
    {
        NodeShells.Require("dash");
        string[] awks = [.. s_awks.Where(awk => NodeShells.Has(awk.Split(' ')[0]))];
        Prop.ForAll(RunCase.Arbitrary(mostTasks: 60), run => CheckAsync(run, awks).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds(10)));
    }

    [Fact]
    public void Files_threads_and_merges_give_what_fractions_give() =>
        Prop.ForAll(RunCase.Arbitrary(mostTasks: 150), run => CheckFilesAsync(run).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Rounds(25)));

    private static async Task CheckAsync(RunCase run, string[] awks)
    {
        using RunFolder folder = new(run);
        for (int round = 0; round < RunCase.Rounds; round++)
        {
            folder.Write(round);
            await folder.PackAsync(awks);
            // What is there so far is a result too.
            Expect("packs", run, folder.Present, await folder.PacksAsync());
        }
        HashSet<long> part = [.. folder.Present.Where(id => (id * 7 + run.Seed) % 3 != 0)];
        Expect("part of the files", run, part, await folder.FilesAsync(part));
        Expect("files", run, folder.Present, await folder.FilesAsync());
        Expect("part of the packs", run, part, await folder.PacksAsync(part));
        Expect("mixed packs", run, folder.Present, await folder.MixedPacksAsync());
        (IReadOnlyList<PackedWave> packs, IReadOnlyList<PackedWave> archive) = await folder.PackBothAsync(awks);
        Assert.Equal(packs, archive);
        Expect("archive", run, folder.Present, await folder.ArchiveAsync(isCompressed: false));
        Expect("compressed archive", run, folder.Present, await folder.ArchiveAsync(isCompressed: true));
        ExpectMerged(run, folder);
    }

    private static async Task CheckFilesAsync(RunCase run)
    {
        using RunFolder folder = new(run);
        for (int round = 0; round < RunCase.Rounds; round++) folder.Write(round);
        Expect("one thread", run, folder.Present, await folder.FilesAsync(threads: 1));
        Expect("threads", run, folder.Present, await folder.FilesAsync());
        ExpectMerged(run, folder);
    }

    private static void Expect(string way, RunCase run, HashSet<long> present, Aggregate actual)
    {
        Aggregate expected = Oracle.Aggregate(run, present);
        string[] wanted = Show(expected), found = Show(actual);
        for (int i = 0; i < Math.Max(wanted.Length, found.Length); i++)
        {
            string wantedLine = i < wanted.Length ? wanted[i] : "nothing", line = i < found.Length ? found[i] : "nothing";
            Assert.True(wantedLine == line, $"{way}: expected\n  {wantedLine}\nbut got\n  {line}");
        }
        long[] told = [.. actual.Problems.Select(p => p.TaskId).Distinct().Order()];
        Assert.True(Oracle.Problems(run, present).SequenceEqual(told), $"{way}: told of {string.Join(',', told)} and not of {string.Join(',', Oracle.Problems(run, present))}");
    }

    private static void ExpectMerged(RunCase run, RunFolder folder)
    {
        Aggregate expected = Oracle.Aggregate(run, folder.Present);
        IReadOnlyList<IReadOnlyList<MetricSummary>> merged = folder.Merged();
        Expect("merges", run, folder.Present, expected with
        {
            Groups = [.. expected.Groups.Select((group, i) => group with { Metrics = merged[i] })],
            Problems = [.. Oracle.Problems(run, folder.Present).Select(id => new AggregateProblem(id, "", ""))],
        });
    }

    private static string[] Show(Aggregate aggregate) => [.. Experiment.Show(aggregate with { Problems = [] }).Split('\n'), aggregate.InputDigest ?? "no digest"];
}
