using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>Preview of later work: 10^6 records of NDJSON to exact statistics, beside DuckDB.</summary>
internal sealed class ReducePacked : IFigure
{
    private const string Ours = "engine, process";
    private const string OursInCall = "engine, in the call";
    private const string DuckDb = "node with DuckDB, process";
    private const string Query = "DuckDB, in the query";
    private const string Memory = "engine, peak";

    public string Name => "reduce-packed";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("reduce 10^6 records (preview)", Ours, DuckDb, "ms", 0.5),
        new("reduce 10^6 records (preview)", OursInCall, Query, "ms"),
        new("reduce 10^6 records (preview)", Memory, null, "MB", 300),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        string path = Path.Combine(settings.Work, "records.ndjson");
        ReduceData.MakePacked(path, 1_000_000);
        Measured ours = await Harness.SelfAsync("reduce", "packed", path);
        string[] said = ours.Output.Split(' ');
        samples.Add(Ours, ours.Wall * 1000);
        samples.Add(OursInCall, double.Parse(said[0], CultureInfo.InvariantCulture));
        samples.Add(Memory, double.Parse(said[1], CultureInfo.InvariantCulture) / 1e6);
        if (settings.DuckDb is not { } folder) return;
        Measured duck = await Child.RunAsync("node", [Path.Combine(folder, "duckdb.mjs"), "reduce", path]);
        samples.Add(DuckDb, duck.Wall * 1000);
        samples.Add(Query, double.Parse(duck.Output, CultureInfo.InvariantCulture));
    }
}
