using System.Globalization;
using System.Text.Json;

namespace HpcAgent.Benchmarks;

/// <summary>Plan and identity of 10^6 tasks beside DuckDB, which writes the same product as JSON, without an identity.</summary>
internal sealed class PlanMillion : IFigure
{
    private const string Engine = "engine, in the call";
    private const string EngineProcess = "engine, process";
    private const string Cli = "hpc-agent submit-flow --dry-run, process";
    private const string Query = "DuckDB COPY to JSON, in the query";
    private const string DuckDb = "node with DuckDB, process";
    private const string EngineMemory = "engine, peak beyond the bare runtime";
    private const string CliMemory = "hpc-agent, peak beyond the bare runtime";
    private const string DuckDbMemory = "node with DuckDB, peak";

    public string Name => "plan";

    public string About => "Plan and identity of 10^6 tasks. DuckDB writes the same product as JSON, without an identity.";

    public bool IsExtra => false;

    public IEnumerable<Row> Rows =>
    [
        new("plan 10^6 tasks", Engine, Query, "ms", 0.5),
        new("plan 10^6 tasks", Cli, DuckDb, "ms", 0.5),
        new("plan 10^6 tasks", Cli, Query, "ms"),
        new("plan 10^6 tasks", EngineProcess, DuckDb, "ms", 0.5),
        new("plan 10^6 tasks", EngineMemory, null, "MB", 50),
        new("plan 10^6 tasks", CliMemory, null, "MB", 50),
        new("plan 10^6 tasks", DuckDbMemory, null, "MB"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        Measured empty = await Harness.SelfAsync("empty");
        double bare = double.Parse(empty.Output, CultureInfo.InvariantCulture);

        Measured engine = await Harness.SelfAsync("plan");
        string[] said = engine.Output.Split(' ', StringSplitOptions.TrimEntries);
        samples.Add(Engine, double.Parse(said[0], CultureInfo.InvariantCulture));
        samples.Add(EngineProcess, engine.Wall * 1000);
        samples.Add(EngineMemory, (double.Parse(said[1], CultureInfo.InvariantCulture) - bare) / 1e6);

        if (settings.DuckDb is { } folder)
        {
            string product = Path.Combine(settings.Work, "product.json");
            Measured duck = await Child.RunAsync("node", [Path.Combine(folder, "duckdb.mjs"), "product", product], watchMemory: true);
            samples.Add(Query, double.Parse(duck.Output, CultureInfo.InvariantCulture));
            samples.Add(DuckDb, duck.Wall * 1000);
            samples.Add(DuckDbMemory, duck.PeakBytes / 1e6);
            File.Delete(product);
        }

        using Experiment experiment = new(settings.Cli);
        string spec = Experiment.Spec("true", "abcdef".Select(a => new KeyValuePair<string, IEnumerable<int>>(a.ToString(), Enumerable.Range(0, 10))));
        (Measured cli, JsonElement data) = await experiment.CallAsync("submit-flow", spec, watchMemory: true, "--dry-run");
        if (data.GetProperty("cmd_sha").GetString() != said[2]) throw new InvalidOperationException("the two identities differ");
        samples.Add(Cli, cli.Wall * 1000);
        samples.Add(CliMemory, (cli.PeakBytes - bare) / 1e6);
    }
}
