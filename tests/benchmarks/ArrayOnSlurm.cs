using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HpcAgent.Benchmarks;

/// <summary>
/// What HpcAgent adds to a plain <c>sbatch --array</c> with a hand-written script that does nothing but the task: for a run, and for each task.
/// Needs tests/cluster/up, and the cluster for itself.
/// </summary>
internal sealed class ArrayOnSlurm : IFigure
{
    private const int Tasks = 300;
    private const int AtOnce = 8;
    private const string Ours = "hpc-agent submit-flow";
    private const string Peer = "ssh host sbatch --array";
    private const string OursToEnd = "hpc-agent, one task an element";
    private const string PackedToEnd = "hpc-agent, as it plans once it knows the tasks";
    private const string PeerToEnd = "sbatch --array by hand";
    private const string Added = "added for each task, one task an element";

    public string Name => "array";

    public string About => "300 tasks of `true` on the test Slurm beside a plain `sbatch --array` with a hand-written script that keeps nothing.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("submit 300 tasks of true", Ours, Peer, "s"),
        new("300 tasks of true, 8 at once, to the end", OursToEnd, PeerToEnd, "s"),
        new("300 tasks of true, 8 at once, to the end", PackedToEnd, PeerToEnd, "s"),
        new("300 tasks of true, 8 at once", Added, null, "ms"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        using TestSite? site = TestSite.Open(settings, "array");
        if (site is null) return;
        // What the site enforces is asked once a day, and the code is sent once.
        _ = await site.SubmitAsync(1, new JsonObject());
        double plain = await PlainAsync(site, samples);
        double ours = await OursAsync(site, samples, Ours, OursToEnd, new() { ["tasks_per_element"] = 1, ["max_concurrent"] = AtOnce });
        // The run before has taught the planner how short these tasks are.
        _ = await OursAsync(site, samples, null, PackedToEnd, new() { ["max_concurrent"] = AtOnce });
        samples.Add(Added, (ours - plain) / Tasks * AtOnce * 1000);
    }

    private static async Task<double> PlainAsync(TestSite site, Samples samples)
    {
        long start = Stopwatch.GetTimestamp();
        Measured submit = await site.OnLoginNodeAsync($"sbatch --parsable --array=1-{Tasks}%{AtOnce} --mem=16M -t 5 -o /dev/null --wrap true");
        samples.Add(Peer, submit.Wall);
        await site.WaitAsync(submit.Output.Trim());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        samples.Add(PeerToEnd, seconds);
        return seconds;
    }

    private static async Task<double> OursAsync(TestSite site, Samples samples, string? submitSeries, string series, JsonObject options)
    {
        long start = Stopwatch.GetTimestamp();
        (Measured submit, JsonElement data) = await site.SubmitAsync(Tasks, options);
        if (submitSeries is not null) samples.Add(submitSeries, submit.Wall);
        await site.WaitAsync(string.Join(',', data.GetProperty("job_ids").EnumerateArray().Select(j => j.GetString())));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        samples.Add(series, seconds);
        _ = await site.RunAsync("status", "--run-id", data.GetProperty("run_id").GetString()!);
        return seconds;
    }
}
