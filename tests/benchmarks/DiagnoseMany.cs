using System.Text.Json;

namespace HpcAgent.Benchmarks;

/// <summary>Why 10,000 tasks failed, of which each wrote another log: the whole process, from its start to its answer, on the embedded scheduler.</summary>
internal sealed class DiagnoseMany : IFigure
{
    // Four causes, numbers and paths that differ from task to task, and one parameter that decides which it is.
    private const string Command =
        "echo epoch {b} of run {a}; case {a} in ?) echo ValueError: bad value {b};; 1?) echo cannot write /scratch/u{b}/x: No space left on device;; " +
        "2?) echo RuntimeError: CUDA out of memory. Tried to allocate {b} MiB;; *) echo FileNotFoundError: no such file or directory: /data/{a}/{b}.csv;; esac >&2; exit 3";

    public string Name => "diagnose";

    public string About => "Why 10,000 tasks failed, of which each wrote another log: the whole process.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("10,000 failed tasks explained", "hpc-agent failures, first", null, "s", 2),
        new("10,000 failed tasks explained", "hpc-agent failures, again", null, "s", 2),
        new("10,000 failed tasks explained", "memory of failures", null, "MB"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        int side = settings.IsQuick ? 40 : 100;
        using Experiment experiment = new(settings.Cli);
        (_, JsonElement submitted) = await experiment.CallAsync("submit-flow", Experiment.Spec(Command, [new("a", Enumerable.Range(0, side)), new("b", Enumerable.Range(0, side))]));
        string run = submitted.GetProperty("run_id").GetString()!;
        (_, JsonElement end) = await experiment.CallAsync("monitor-flow", $$"""{"run_id":"{{run}}","poll_interval_seconds":0.05}""");
        if (end.GetProperty("lifecycle_state").GetString() != "failed") throw new InvalidOperationException(end.GetRawText());
        foreach (string series in (string[])["hpc-agent failures, first", "hpc-agent failures, again"])
        {
            (Measured cost, JsonElement data) = await experiment.CallAsync("failures", $$"""{"run_id":"{{run}}"}""", watchMemory: true);
            int groups = data.GetProperty("clusters").GetArrayLength();
            if (groups != 4) throw new InvalidOperationException($"{groups} causes: {data.GetRawText()[..Math.Min(2000, data.GetRawText().Length)]}");
            samples.Add(series, cost.Wall);
            samples.Add("memory of failures", cost.PeakBytes / 1e6);
        }
    }
}
