using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>Preview of later work: 10^5 metrics files to exact statistics, beside programs that only read them, and Python.</summary>
internal sealed class ReduceFiles : IFigure
{
    private const string Ours = "engine, process";
    private const string Cat = "find | xargs cat";
    private const string Python = "python3, weighted means";
    private const string Memory = "engine, peak";

    private const string Script = """
        import json, os, sys
        groups = {}
        root, count = sys.argv[1], int(sys.argv[2])
        for folder, _, names in os.walk(root):
            for name in names:
                with open(os.path.join(folder, name)) as f: record = json.load(f)
                weight = record.pop('n_samples')
                sums = groups.setdefault(int(os.path.basename(folder)) // (count // 500), {})
                for key, value in record.items():
                    s = sums.setdefault(key, [0.0, 0.0])
                    s[0] += value * weight
                    s[1] += weight
        print(len(groups))
        """;

    public string Name => "reduce-files";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("reduce 10^5 files (preview)", Ours, Cat, "ms", 0.5),
        new("reduce 10^5 files (preview)", Ours, Python, "ms"),
        new("reduce 10^5 files (preview)", Memory, null, "MB"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        long count = settings.IsQuick ? 10_000 : 100_000;
        string root = Path.Combine(settings.Work, $"files-{count}");
        ReduceData.MakeFiles(root, count);
        Measured ours = await Harness.SelfAsync("reduce", "files", root);
        samples.Add(Ours, ours.Wall * 1000);
        samples.Add(Memory, double.Parse(ours.Output.Split(' ')[1], CultureInfo.InvariantCulture) / 1e6);
        samples.Add(Cat, 1000 * (await Child.RunAsync("sh", ["-c", "find \"$0\" -type f -print0 | xargs -0 cat >/dev/null", root])).Wall);
        if (Peers.IsThere("python3"))
            samples.Add(Python, 1000 * (await Child.RunAsync("python3", ["-c", Script, root, count.ToString(CultureInfo.InvariantCulture)])).Wall);
    }
}
