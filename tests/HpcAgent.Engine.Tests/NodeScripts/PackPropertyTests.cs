using System.Text;
using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Tests.Aggregation;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>
/// Whatever bytes the metrics files hold, and however often they are packed in between, the packs say what the files say, and are those that this machine
/// would make of them.
/// </summary>
public sealed class PackPropertyTests
{
    private static readonly string[] s_awks = ["mawk", "gawk", "busybox awk", "original-awk"];

    private static readonly Gen<byte[]> s_content = Gen.Frequency(
        (6, Gen.Choose(-1000, 1000).ArrayOf().Select(values => Encoding.UTF8.GetBytes(
            "{" + string.Join(",\n", values.Select((v, i) => $"\"m{i % 5}{(i > 4 ? "x" + i : "")}\": {v}.{Math.Abs(v)}e{v % 7}")) + "}\n"))),
        (1, Gen.Elements("", " ", "\n", "{\"a\":\"x\ny\"}", "{\"a\":1\r2}", "{}", "{\"a\":1}}", "[1]", "{\"n_samples\":-1,\"a\":2}", "\uFEFF{\"a\":NaN,\"b\":\"t\",\"c\":null}", "{\"a\":1}\r\n\r\n", "{\"a\"\t:\r1}")
            .Select(Encoding.UTF8.GetBytes)),
        (1, Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf()));

    private static readonly Gen<(byte[]? Content, int Round)[]> s_tasks =
        Gen.Zip(Gen.Frequency((9, s_content.Select(c => (byte[]?)c)), (1, Gen.Constant((byte[]?)null))), Gen.Choose(0, 2)).Select(p => (p.Item1, p.Item2)).ArrayOf(17);

    [SkippableFact]
    public void The_packs_are_those_that_are_made_here_and_their_aggregate_is_that_of_the_files_bit_for_bit()
    {
        foreach (string awk in s_awks) NodeShells.Require(awk);
        Prop.ForAll(Gen.Zip(s_tasks, Gen.Zip(Gen.Choose(1, 18), Gen.Elements(s_awks))).ToArbitrary(), input => AgreesAsync(input.Item1, input.Item2.Item1, input.Item2.Item2).GetAwaiter().GetResult())
            // Each is three packs and six aggregates.
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    private static async Task<bool> AgreesAsync((byte[]? Content, int Round)[] tasks, int tasksPerWave, string awk)
    {
        using PackRun run = new(tasks.Length, tasksPerWave);
        // Tasks end in three rounds; in between the run is packed and looked at.
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < tasks.Length; i++)
                if (tasks[i] is ({ } content, var when) && when == round) _ = run.Write(i, content);
            _ = await run.PackAsync("dash", awk);
            AggregationRequest request = Experiment.Request(new ResultFiles(run.PathOf), tasks.Length, "lr") with { Probabilities = [0.5, 0.9] };
            Aggregate files = await Experiment.RunAsync(request), packs = await Experiment.RunAsync(request with { Source = run.Packs() });
            string Numbers(Aggregate a) => Experiment.Show(a with { Problems = [] });
            if (Numbers(files) != Numbers(packs)) return false;
            if (!await IsSameAsMadeHereAsync(run)) return false;
            if (!files.Problems.Select(p => p.TaskId).SequenceEqual(packs.Problems.Select(p => p.TaskId))) return false;
        }
        return true;
    }

    private static async Task<bool> IsSameAsMadeHereAsync(PackRun run)
    {
        string folder = Path.Combine(Path.GetDirectoryName(run.Root)!, "here");
        IReadOnlyList<PackedWave> made = await new WavePacker(new ResultFiles(run.PathOf), run.TaskCount) { TasksPerWave = (int)run.TasksPerWave }.PackAsync(folder, CancellationToken.None);
        IReadOnlyList<PackedWave> named = PackRun.Read(await run.PackAsync());
        return named.Select(w => (w.Index, w.Crc, w.ByteCount, w.RecordCount, w.ProblemCount)).SequenceEqual(made.Select(w => (w.Index, w.Crc, w.ByteCount, w.RecordCount, w.ProblemCount)))
            && made.All(wave => File.ReadAllBytes(Path.Combine(folder, wave.FileName)).AsSpan().SequenceEqual(run.Pack(wave.Index)));
    }
}
