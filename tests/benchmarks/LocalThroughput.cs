using System.Diagnostics;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Benchmarks;

/// <summary>Tasks per second of the embedded scheduler with the whole contract, beside xargs with none.</summary>
internal sealed class LocalThroughput : IFigure
{
    private const string Warm = "hpc-agent, supervisor there, first start to last end";
    private const string WarmSeen = "hpc-agent, supervisor there, submit to seen complete";
    private const string Cold = "hpc-agent, nothing there, first start to last end";
    private const string ColdSeen = "hpc-agent, nothing there, submit to seen complete";
    private const string Xargs = "xargs -P2 -n1 true";
    private const string Parallel = "parallel -j2 true, of 1,000";

    public string Name => "local";

    public string About => "Tasks per second of the embedded scheduler with records, logs and results of each task; xargs and GNU parallel keep nothing.";

    public bool IsExtra => false;

    public IEnumerable<Row> Rows =>
    [
        new("10,000 x true", Warm, Xargs, "tasks/s", 1.5, MoreIsBetter: true),
        new("10,000 x true", WarmSeen, Xargs, "tasks/s", 1.5, MoreIsBetter: true),
        new("10,000 x true", Cold, Xargs, "tasks/s", 1.5, MoreIsBetter: true),
        new("10,000 x true", ColdSeen, Xargs, "tasks/s"),
        new("10,000 x true", WarmSeen, Parallel, "tasks/s", MoreIsBetter: true),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        int side = settings.IsQuick ? 30 : 100;
        await OursAsync(settings, samples, side, isWarm: true);
        Measured xargs = await Child.RunAsync("sh", ["-c", $"seq {side * side} | xargs -P2 -n1 true"]);
        samples.Add(Xargs, side * side / xargs.Wall);
        if (Peers.IsThere("parallel")) samples.Add(Parallel, 1000 / (await Child.RunAsync("sh", ["-c", "seq 1000 | parallel -j2 true"])).Wall);
        await OursAsync(settings, samples, side, isWarm: false);
    }

    private static async Task OursAsync(Settings settings, Samples samples, int side, bool isWarm)
    {
        using Experiment experiment = new(settings.Cli);
        if (isWarm) _ = await experiment.RunAsync(Spec(1, 4));
        long began = Stopwatch.GetTimestamp();
        string run = await experiment.RunAsync(Spec(side, side));
        double seen = Stopwatch.GetElapsedTime(began).TotalSeconds;
        (DateTimeOffset first, DateTimeOffset last, int count) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue, 0);
        EventLog log = new(Path.Combine(experiment.Folder, ".hpc", "runs", run, "events"));
        _ = log.ReadNew((e, _) =>
        {
            if (e.Kind == TaskEventKind.Start && e.At < first) first = e.At;
            if (e.Kind != TaskEventKind.End) return;
            if (e.ExitCode != 0 || e.PeakMemoryBytes is null or 0) throw new InvalidOperationException($"task {e.TaskId} ended with {e.ExitCode}");
            if (e.At > last) last = e.At;
            count++;
        });
        if (count != side * side) throw new InvalidOperationException($"{count} end events");
        samples.Add(isWarm ? Warm : Cold, count / (last - first).TotalSeconds);
        samples.Add(isWarm ? WarmSeen : ColdSeen, count / seen);
        // The next measurement must not share the machine with this supervisor.
        await Task.Delay(experiment.Linger + TimeSpan.FromSeconds(1));
    }

    private static string Spec(int a, int b) => Experiment.Spec("true", [new("a", Enumerable.Range(0, a)), new("b", Enumerable.Range(0, b))]);
}
