using System.Globalization;

namespace HpcAgent.Benchmarks;

/// <summary>2 x 10^5 rows of accounting with the columns that are really asked for, beside a plain loop in Python that keeps state and exit code.</summary>
internal sealed class Accounting : IFigure
{
    private const string First = "engine, first call of a process";
    private const string Later = "engine, when compiled";
    private const string Memory = "engine, peak";
    private const string Python = "python3, in the loop";

    private const string Script = """
        import sys, time
        began = time.perf_counter()
        jobs = {}
        with open(sys.argv[1]) as f:
            for line in f:
                p = line.split('\x1f')
                if len(p) > 2: jobs[p[0]] = (p[1], p[2])
        print((time.perf_counter() - began) * 1000, sum(1 for id, j in jobs.items() if '.' not in id and j[0] == 'COMPLETED'))
        """;

    public string Name => "accounting";

    public string About => "2 x 10^5 rows of accounting with the columns that are really asked for, beside a plain loop in Python that keeps state and exit code. Native code of .NET 8 takes a little longer here than what the runtime of .NET 10 compiles as it goes, and has no first call that is slow.";

    public bool IsExtra => false;

    public IEnumerable<Row> Rows =>
    [
        new("parse 2 x 10^5 accounting rows", Later, Python, "ms", 0.1),
        new("parse 2 x 10^5 accounting rows", First, Python, "ms"),
        new("parse 2 x 10^5 accounting rows", Memory, null, "MB"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        string path = Path.Combine(settings.Work, "accounting.txt");
        AccountingProcess.Make(path, settings.IsQuick ? 20_000 : 200_000);
        string[] ours = (await Harness.SelfAsync("accounting", path)).Output.Split(' ');
        samples.Add(First, double.Parse(ours[0], CultureInfo.InvariantCulture));
        samples.Add(Later, double.Parse(ours[1], CultureInfo.InvariantCulture));
        samples.Add(Memory, double.Parse(ours[3], CultureInfo.InvariantCulture) / 1e6);
        if (Peers.IsThere("python3"))
        {
            string[] python = (await Child.RunAsync("python3", ["-c", Script, path])).Output.Split(' ');
            if (python[1].Trim() != ours[2]) throw new InvalidOperationException($"{ours[2]} elements are complete here, {python[1]} in Python");
            samples.Add(Python, double.Parse(python[0], CultureInfo.InvariantCulture));
        }
        File.Delete(path);
    }
}
