using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>Packed records, one a line, to exact statistics in 500 groups, at growing numbers of records, beside DuckDB.</summary>
internal sealed class ReducePacked : IFigure
{
    private const string Memory = "peak memory at 10^6 records";

    private static readonly (int Count, string Text)[] s_sizes = [(1_000, "10^3 records"), (10_000, "10^4 records"), (100_000, "10^5 records"), (1_000_000, "10^6 records")];

    public string Name => "reduce-packed";

    public string About => "Packed records, one a line, nine fields, in 500 groups: 235 MB at 10^6. Ours: exact mean, sd, standard error, smallest, largest, and a digest of all inputs. DuckDB: mean and sd in doubles.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        .. s_sizes.Select(s => new Row($"reduce {s.Text}", Of("hpc-agent engine, process", s.Text), Of("node with DuckDB, process", s.Text), "ms", s.Count == 1_000_000 ? 0.5 : null)),
        new("reduce 10^6 records", "hpc-agent engine, in the call", "DuckDB, in the query", "ms"),
        new("reduce 10^6 records", Memory, null, "MB", 300),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        foreach ((int count, string text) in settings.IsQuick ? s_sizes[..1] : s_sizes)
        {
            string path = Path.Combine(settings.Work, $"records-{count}.ndjson");
            ReduceData.MakePacked(path, count);
            Measured ours = await Harness.SelfAsync("reduce", "packed", path);
            string[] said = ours.Output.Split(' ');
            samples.Add(Of("hpc-agent engine, process", text), ours.Wall * 1000);
            bool isLargest = count == 1_000_000;
            if (isLargest)
            {
                samples.Add("hpc-agent engine, in the call", double.Parse(said[0], CultureInfo.InvariantCulture));
                samples.Add(Memory, double.Parse(said[1], CultureInfo.InvariantCulture) / 1e6);
            }
            if (settings.DuckDb is not { } folder) continue;
            Measured duck = await Child.RunAsync("node", [Path.Combine(folder, "duckdb.mjs"), "reduce", path, $"{count / ReduceData.GroupCount}"]);
            samples.Add(Of("node with DuckDB, process", text), duck.Wall * 1000);
            if (isLargest) samples.Add("DuckDB, in the query", double.Parse(duck.Output, CultureInfo.InvariantCulture));
        }
    }

    private static string Of(string program, string size) => $"{program} @{size}";
}
