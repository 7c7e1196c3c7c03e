using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>
/// One metrics file for each task, to exact statistics in 500 groups, at growing numbers of files; beside programs that only read them or join them,
/// and beside those that compute plain means.
/// </summary>
internal sealed class ReduceFiles : IFigure
{
    private const string Memory = "peak memory at 10^5 files";

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
                    s = sums.setdefault(key, [0.0, 0.0, 0.0])
                    s[0] += value * weight
                    s[1] += weight
                    s[2] += value * value * weight
        print(len(groups))
        """;

    // What a line of shell does with the ids left out: jq is slow enough without them.
    private const string Jq = "find \"$0\" -type f -print0 | xargs -0 cat | jq -s 'map(.a * .n_samples) | add' >/dev/null";

    private static readonly (int Count, string Text)[] s_sizes = [(1_000, "10^3 files"), (10_000, "10^4 files"), (100_000, "10^5 files")];

    public string Name => "reduce-files";

    public string About => "One metrics file for each task, nine fields, in 500 groups: weighted mean, standard deviation and more, exact. `find | xargs cat` only reads them; DuckDB, Python and jq compute in doubles. Files are in the page cache for all.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        .. s_sizes.SelectMany(s => (Row[])
        [
            new($"reduce {s.Text}", Of("hpc-agent engine, process", s.Text), Of("find | xargs cat", s.Text), "ms", s.Count == 100_000 ? 0.5 : null),
            new($"reduce {s.Text}", Of("hpc-agent engine, process", s.Text), Of("DuckDB", s.Text), "ms", s.Count == 100_000 ? 1 / 3.0 : null),
            new($"reduce {s.Text}", Of("hpc-agent engine, process", s.Text), Of("python3", s.Text), "ms", s.Count == 100_000 ? 0.2 : null),
            new($"reduce {s.Text}", Of("hpc-agent engine, process", s.Text), Of("cat | jq, one metric", s.Text), "ms"),
        ]),
        new("reduce 10^5 files", Memory, null, "MB"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        foreach ((int count, string text) in settings.IsQuick ? s_sizes[..1] : s_sizes)
        {
            string root = Path.Combine(settings.Work, $"files-{count}");
            ReduceData.MakeFiles(root, count);
            Measured ours = await Harness.SelfAsync("reduce", "files", root);
            samples.Add(Of("hpc-agent engine, process", text), ours.Wall * 1000);
            if (count == 100_000) samples.Add(Memory, double.Parse(ours.Output.Split(' ')[1], CultureInfo.InvariantCulture) / 1e6);
            await PeerAsync(samples, Of("find | xargs cat", text), "sh", "-c", "find \"$0\" -type f -print0 | xargs -0 cat >/dev/null", root);
            if (Peers.IsThere("python3")) await PeerAsync(samples, Of("python3", text), "python3", "-c", Script, root, count.ToString(CultureInfo.InvariantCulture));
            if (settings.DuckDb is { } folder) await PeerAsync(samples, Of("DuckDB", text), "node", Path.Combine(folder, "duckdb.mjs"), "files", root, $"{count / ReduceData.GroupCount}");
            // At 10^5 it takes most of a minute.
            if (Peers.IsThere("jq") && count <= 10_000) await PeerAsync(samples, Of("cat | jq, one metric", text), "sh", "-c", Jq, root);
        }
    }

    private static async Task PeerAsync(Samples samples, string series, string program, params string[] arguments) =>
        samples.Add(series, 1000 * (await Child.RunAsync(program, arguments)).Wall);

    private static string Of(string program, string size) => $"{program} @{size}";
}
