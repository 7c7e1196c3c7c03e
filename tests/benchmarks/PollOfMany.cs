using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Benchmarks;

/// <summary>
/// A look at a run of 100,000 tasks of which 1% has changed since the last one, over ssh: time, bytes, and memory of the client. The jobs are real and
/// held, the events are made up. Needs tests/cluster/up.
/// </summary>
internal sealed class PollOfMany : IFigure
{
    private const int Tasks = 100_000;

    public string Name => "poll";

    public string About => "A look over ssh at a run of 100,000 tasks of which 1% has changed since the last one.";

    public bool IsExtra => true;

    public IEnumerable<Row> Rows =>
    [
        new("look at 100,000 tasks, 1% changed", "bytes down", null, "kB"),
        new("look at 100,000 tasks, 1% changed", "time", null, "s"),
        new("look at 100,000 tasks, 1% changed", "memory of the client", null, "MB", 200),
        new("first look at 100,000 tasks", "bytes down of the first", null, "kB"),
        new("first look at 100,000 tasks", "memory of the client at the first", null, "MB", 200),
    ];

    public async Task MeasureAsync(Settings settings, Samples samples)
    {
        using TestSite? site = TestSite.Open(settings, "poll");
        if (site is null) return;
        (_, JsonElement data) = await site.SubmitAsync(Tasks, new() { ["submit_flags"] = new JsonArray("--hold"), ["tasks_per_element"] = 200 });
        string run = data.GetProperty("run_id").GetString()!;
        string jobs = string.Join(' ', data.GetProperty("job_ids").EnumerateArray().Select(j => j.GetString()));
        try
        {
            string events = $"{(await site.FolderAsync(run)).TrimEnd()}/events/madeup@0123abcd.log";
            await site.AppendAsync(events, [.. Lines(TaskEventKind.Start, 0, Tasks), .. Lines(TaskEventKind.End, 0, Tasks / 2)]);
            (Measured first, JsonElement firstLook) = await site.RunAsync("status", "--run-id", run);
            samples.Add("bytes down of the first", Down(firstLook));
            samples.Add("memory of the client at the first", first.PeakBytes / 1e6);
            await site.AppendAsync(events, Lines(TaskEventKind.End, Tasks / 2, Tasks / 100));
            (Measured look, JsonElement seen) = await site.RunAsync("status", "--run-id", run);
            long complete = seen.GetProperty("last_status").GetProperty("states").GetProperty("complete").GetInt64();
            if (complete != (Tasks / 2) + (Tasks / 100)) throw new InvalidOperationException($"{complete} tasks are complete");
            samples.Add("bytes down", Down(seen));
            samples.Add("time", look.Wall);
            samples.Add("memory of the client", look.PeakBytes / 1e6);
        }
        finally
        {
            _ = await site.OnLoginNodeAsync($"scancel {jobs}");
        }
    }

    private static double Down(JsonElement data) => data.GetProperty("wire").GetProperty("bytes_down").GetDouble() / 1e3;

    private static byte[] Lines(TaskEventKind kind, int first, int count)
    {
        ArrayBufferWriter<byte> lines = new();
        for (int id = first; id < first + count; id++)
        {
            bool isEnd = kind == TaskEventKind.End;
            TaskEventLine.Write(
                new TaskEvent
                {
                    At = DateTimeOffset.UtcNow,
                    Kind = kind,
                    TaskId = id,
                    Attempt = 1,
                    State = isEnd ? TaskState.Complete : TaskState.Running,
                    ExitCode = isEnd ? 0 : null,
                    Elapsed = isEnd ? TimeSpan.FromSeconds(1.25) : null,
                },
                lines);
        }
        return lines.WrittenSpan.ToArray();
    }
}
