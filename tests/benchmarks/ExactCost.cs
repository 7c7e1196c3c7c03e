using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>What exactness costs: beside a plain sum of doubles in memory, and beside a whole process that reads the same records and adds doubles.</summary>
internal sealed class ExactCost : IFigure
{
    public string Name => "exact";

    public string About => "What exactness costs: beside a plain sum of doubles in memory, and beside a process that is the same in all but its sums.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("add 10^7 doubles in memory", "exact sum", "plain sum, in order", "ms", 4),
        new("reduce 10^6 records, whole process", "exact moments", "moments in doubles", "ms", 1.3),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        double[] said = [.. (await Harness.SelfAsync("exact")).Output.Trim().Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        samples.Add("exact sum", said[0]);
        samples.Add("plain sum, in order", said[1]);
        int count = settings.IsQuick ? 10_000 : 1_000_000;
        string path = Path.Combine(settings.Work, $"records-{count}.ndjson");
        ReduceData.MakePacked(path, count);
        samples.Add("exact moments", (await Harness.SelfAsync("reduce", "packed", path)).Wall * 1000);
        samples.Add("moments in doubles", (await Harness.SelfAsync("reduce", "plain", path)).Wall * 1000);
    }
}
