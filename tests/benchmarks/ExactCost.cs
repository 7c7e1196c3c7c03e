using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>What exactness costs: beside a plain sum of doubles in memory, and beside a reduction that reads the same records and adds doubles.</summary>
internal sealed class ExactCost : IFigure
{
    public string Name => "exact";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("add 10^7 doubles in memory", "exact sum", "plain sum, in order", "ms", 4),
        new("read and add 10^5 records, one thread", "exact moments", "plain sums and squares", "ms", 1.3),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        string path = Path.Combine(settings.Work, "records-100000.ndjson");
        ReduceData.MakePacked(path, 100_000);
        double[] said = [.. (await Harness.SelfAsync("exact", path)).Output.Trim().Split(' ').Select(word => double.Parse(word, CultureInfo.InvariantCulture))];
        samples.Add("exact sum", said[0]);
        samples.Add("plain sum, in order", said[1]);
        samples.Add("exact moments", said[2]);
        samples.Add("plain sums and squares", said[3]);
    }
}
