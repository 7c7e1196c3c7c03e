using System.Buffers;
using System.Globalization;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cluster.Tests;

/// <summary>A look at a large run costs what is new since the last one, and not what is there. The events are made up; the connection and the queue are real.</summary>
[Collection("cluster")]
public sealed class LargePollTests
{
    private const int Tasks = 100_000;

    [SkippableFact]
    public async Task The_bytes_of_a_look_at_a_hundred_thousand_tasks_follow_what_has_changed()
    {
        TestCluster.Need("slurm");
        TestCluster.NeedTime();
        using ClusterSandbox sandbox = new("slurm", extra: "  extra_flags: [--hold]\n");
        string spec = sandbox.WriteSpec(new
        {
            cluster = "site",
            command = "true {i}",
            task_generator = new { kind = "cartesian_product", @params = new { axes = new { i = Enumerable.Range(0, Tasks) } } },
            walltime = "5m",
            tasks_per_element = 200,
        });
        Answer submitted = await sandbox.SubmitFileAsync(spec);
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        string events = Path.Combine(sandbox.RunFolder(submitted.RunId), "events");
        Directory.CreateDirectory(events);
        Append(events, TaskEventKind.Start, 0, Tasks);
        Append(events, TaskEventKind.End, 0, Tasks / 2);
        Answer first = await sandbox.StatusAsync(submitted.RunId);
        Assert.Equal((Tasks / 2, Tasks / 2), (first.Count("complete"), first.Count("running")));
        long nothing = Down(await sandbox.StatusAsync(submitted.RunId));
        Append(events, TaskEventKind.End, Tasks / 2, Tasks / 100);
        Answer one = await sandbox.StatusAsync(submitted.RunId);
        Assert.Equal((Tasks / 2) + (Tasks / 100), one.Count("complete"));
        Append(events, TaskEventKind.End, (Tasks / 2) + (Tasks / 100), Tasks / 10);
        Answer ten = await sandbox.StatusAsync(submitted.RunId);
        Assert.Equal((Tasks / 2) + (Tasks / 100) + (Tasks / 10), ten.Count("complete"));

        // A line has some seventy bytes.
        string seen = string.Create(CultureInfo.InvariantCulture, $"nothing {nothing}, 1 % {Down(one)}, 10 % {Down(ten)}, all {Down(first)}");
        Assert.True(nothing < 4_000, seen);
        Assert.True(Down(one) < 100_000, seen);
        Assert.InRange((double)(Down(ten) - nothing) / (Down(one) - nothing), 9, 11);
        Assert.True(Down(one) * 50 < Down(first), seen);
        // What goes up does not grow with the tasks either.
        Assert.True(ten.Data.GetProperty("wire").GetProperty("bytes_up").GetInt64() < 20_000, seen);
        Assert.Equal(1, one.Data.GetProperty("wire").GetProperty("executions").GetInt32());
    }

    private static long Down(Answer answer) => answer.Data.GetProperty("wire").GetProperty("bytes_down").GetInt64();

    private static void Append(string folder, TaskEventKind kind, int first, int count)
    {
        ArrayBufferWriter<byte> lines = new();
        for (int i = first; i < first + count; i++)
        {
            TaskEventLine.Write(
                new TaskEvent
                {
                    At = DateTimeOffset.UtcNow,
                    Kind = kind,
                    TaskId = i,
                    Attempt = 1,
                    State = kind == TaskEventKind.End ? TaskState.Complete : TaskState.Running,
                    ExitCode = kind == TaskEventKind.End ? 0 : null,
                    Elapsed = kind == TaskEventKind.End ? TimeSpan.FromSeconds(1.25) : null,
                },
                lines);
        }
        using FileStream file = new(Path.Combine(folder, "madeup@0123abcd.log"), FileMode.Append);
        file.Write(lines.WrittenSpan);
    }
}
