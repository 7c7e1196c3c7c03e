namespace HpcAgent.Benchmarks;

/// <summary>From the start of the process to the first byte that it says.</summary>
internal sealed class StartUp : IFigure
{
    private const string Ahead = "hpc-agent capabilities, published";
    private const string Plain = "hpc-agent capabilities, plain build";
    private const string Python = "python3 with json and argparse";
    private const string Node = "node";

    public string Name => "start";

    public string About => "From the start of the process to the first byte that it says. The plain build compiles what it needs as it goes; that is its limit, and why there are others.";

    public bool IsExtra => false;

    public IEnumerable<Row> Rows =>
    [
        new("start to first byte", Ahead, null, "ms", 60),
        new("start to first byte", Ahead, Python, "ms"),
        new("start to first byte", Ahead, Node, "ms"),
        // What the machine can do when no neighbour is in the way; it says more than the median while others build.
        new("start to first byte", Fastest(Ahead), Fastest(Python), "ms"),
        new("start to first byte", Plain, null, "ms", 60),
        new("start to first byte", Plain, Python, "ms"),
        new("start to first byte", Plain, Node, "ms"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        // One call is over so soon that any neighbour disturbs it; the round's value is the median of several.
        Samples calls = new();
        for (int i = 0; i < (settings.IsQuick ? 3 : 11); i++)
        {
            if (File.Exists(settings.Ahead)) await OnceAsync(calls, Ahead, settings.Ahead, "capabilities");
            await OnceAsync(calls, Python, "python3", "-c", "import json, argparse; print(1)");
            await OnceAsync(calls, Plain, settings.Plain, "capabilities");
            await OnceAsync(calls, Node, "node", "-e", "console.log(1)");
        }
        foreach ((string series, List<double> values) in calls.Series)
        {
            samples.Add(series, Samples.Median(values));
            samples.Add(Fastest(series), values.Min());
        }
    }

    private static string Fastest(string series) => series + ", fastest call";

    private static async Task OnceAsync(Samples calls, string series, string program, params string[] arguments)
    {
        if (!Peers.IsThere(program)) return;
        calls.Add(series, (await Child.RunAsync(program, arguments)).FirstByte * 1000);
    }
}
