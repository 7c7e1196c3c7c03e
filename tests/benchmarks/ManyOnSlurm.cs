using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HpcAgent.Benchmarks;

/// <summary>
/// 100,000 short tasks on a site whose arrays end at index 1,000: planned, submitted and completed, and what that costs the scheduler. Takes some ten
/// minutes, so it runs only by <c>--only many</c>. Needs tests/cluster/up, and the cluster for itself.
/// </summary>
internal sealed partial class ManyOnSlurm : IFigure
{
    private const int Tasks = 100_000;

    public string Name => "many";

    public string About => "100,000 short tasks on a site whose arrays end at index 1,000, to their end.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("100,000 tasks of true", "elements planned", null, ""),
        new("100,000 tasks of true", "submit", null, "s"),
        new("100,000 tasks of true", "submit to end", null, "s"),
        new("100,000 tasks of true", "tasks per second", null, "/s"),
        new("100,000 tasks of true", "tasks complete", null, ""),
        new("100,000 tasks of true", "last status: memory of the client", null, "MB", 200),
        new("100,000 tasks of true", "last status", null, "s"),
        new("100,000 tasks of true", "sdiag: jobs started by it", null, ""),
        new("100,000 tasks of true", "sdiag: mean scheduling cycle before", null, "us"),
        new("100,000 tasks of true", "sdiag: mean scheduling cycle after", null, "us"),
        new("100,000 tasks of true", "sdiag: longest scheduling cycle after", null, "us"),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        if (settings.Only != Name || samples.Of("submit").Count > 0) return;
        using TestSite? site = TestSite.Open(settings, "many");
        if (site is null) return;
        // A small run first, so that the planner knows how short these tasks are: then it packs them.
        (Measured _, JsonElement small) = await site.SubmitAsync(300, new() { ["tasks_per_element"] = 50 });
        await site.WaitAsync(JobIds(small));
        _ = await site.RunAsync("status", "--run-id", small.GetProperty("run_id").GetString()!);
        string before = (await site.OnLoginNodeAsync("sdiag")).Output;
        long start = Stopwatch.GetTimestamp();
        (Measured submit, JsonElement data) = await site.SubmitAsync(settings.IsQuick ? Tasks / 100 : Tasks, new() { ["max_concurrent"] = 8 });
        samples.Add("submit", submit.Wall);
        samples.Add("elements planned", data.GetProperty("plan").GetProperty("batches").EnumerateArray().Sum(b => b.GetProperty("array_size").GetInt64()));
        await site.WaitAsync(JobIds(data));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        samples.Add("submit to end", seconds);
        string after = (await site.OnLoginNodeAsync("sdiag")).Output;
        (Measured status, JsonElement end) = await site.RunAsync("status", "--run-id", data.GetProperty("run_id").GetString()!);
        double complete = end.GetProperty("last_status").GetProperty("summary").GetProperty("complete").GetDouble();
        samples.Add("tasks complete", complete);
        samples.Add("tasks per second", complete / seconds);
        samples.Add("last status", status.Wall);
        samples.Add("last status: memory of the client", status.PeakBytes / 1e6);
        samples.Add("sdiag: jobs started by it", Number(after, "Jobs started") - Number(before, "Jobs started"));
        samples.Add("sdiag: mean scheduling cycle before", Number(before, "Mean cycle"));
        samples.Add("sdiag: mean scheduling cycle after", Number(after, "Mean cycle"));
        samples.Add("sdiag: longest scheduling cycle after", Number(after, "Max cycle"));
    }

    private static string JobIds(JsonElement run) => string.Join(',', run.GetProperty("job_ids").EnumerateArray().Select(j => j.GetString()));

    private static double Number(string sdiag, string name)
    {
        foreach (Match line in Line().Matches(sdiag))
            if (line.Groups[1].Value.Trim() == name) return double.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture);
        return double.NaN;
    }

    [GeneratedRegex(@"^\s*([A-Za-z ]+):\s+([0-9]+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
