using System.Globalization;
using System.Text;
using HpcAgent.Engine.Aggregation;
using HpcAgent.Kernels.Tests;

namespace HpcAgent.Engine.Tests.Aggregation;

/// <summary>NIST's univariate sets, one value for each task, from files and packed, to every certified digit.</summary>
public sealed class AggregatorNistTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Sets => [.. NistSet.Names];

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public async Task Every_certified_digit_is_matched_from_files_of_one_value(string name)
    {
        NistSet set = Find(name);
        for (int task = 0; task < set.Data.Count; task++)
            _folder.WriteMetrics(task, $$"""{"y": {{set.Data[task]}}}""");
        await CheckAsync(set, new ResultFiles(_folder.PathOf), 2);
    }

    [SkippableTheory]
    [MemberData(nameof(Sets))]
    public async Task Every_certified_digit_is_matched_from_packed_records_in_any_order(string name)
    {
        NistSet set = Find(name);
        int[] order = [.. Enumerable.Range(0, set.Data.Count)];
        new Random(5).Shuffle(order);
        StringBuilder text = new();
        foreach (int task in order)
            text.Append(CultureInfo.InvariantCulture, $$$"""{"task":{{{task}}},"metrics":{"y": {{{set.Data[task]}}}, "n_samples": 0.50}}""").Append('\n');
        await CheckAsync(set, new PackedResults([_folder.Write("packed.ndjson", text.ToString())]), 1, 2, 3);
    }

    private static NistSet Find(string name)
    {
        NistSet? set = NistSet.Load(name);
        bool isRule = name is not ("Lew" or "Lottery" or "Mavro" or "Michelso");
        Skip.If(set is null && !isRule, "The files of the NIST sets are not beside the repository.");
        return set ?? NistSet.Build(name);
    }

    private static async Task CheckAsync(NistSet set, ResultSource source, params int[] threadCounts)
    {
        AggregationRequest request = Experiment.Request(source, set.Data.Count);
        List<string> shown = [];
        foreach (int threads in threadCounts)
        {
            Aggregate aggregate = await Experiment.RunAsync(request with { ThreadCount = threads });
            shown.Add(Experiment.Show(aggregate));
            Assert.Empty(aggregate.Problems);
            MetricSummary summary = Assert.Single(Assert.Single(aggregate.Groups).Metrics);
            Assert.Equal(set.Data.Count, summary.Count);
            Assert.Equal(15, NistSet.AgreeingDigits(set.Mean, summary.Mean!.Value));
            Assert.Equal(15, NistSet.AgreeingDigits(set.Deviation, summary.StandardDeviation!.Value));
        }
        Assert.All(shown, one => Assert.Equal(shown[0], one));
    }
}
