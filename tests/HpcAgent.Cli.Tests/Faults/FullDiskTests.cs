using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cli.Tests.Faults;

/// <summary>A full disk delays a run; it loses nothing. Needs the right to mount a small file system.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly string _disk;
    private bool _mounted;

    public FullDiskTests() => _disk = Directory.CreateDirectory(Path.Combine(_sandbox.Root, "disk")).FullName;

    public void Dispose()
    {
        _sandbox.KillSupervisor();
        if (_mounted) _sandbox.StartAsync("umount", "-l", _disk).GetAwaiter().GetResult();
        _sandbox.Dispose();
    }

    [SkippableFact]
    public async Task A_run_on_a_full_disk_waits_and_completes_when_there_is_room()
    {
        await MountAsync("1m");
        string log = Path.Combine(_sandbox.Root, "attempts");
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "echo \"$HPC_TASK_ID $HPC_ATTEMPT\" >> {log}; sleep 0.1; until echo \"{{\\\"id\\\": {i}}}\" > \"$RESULT_DIR/metrics.json\"; do sleep 0.1; done 2>/dev/null; " +
                "cp \"$RESULT_DIR/metrics.json\" {backup}/{i}",
            remote_path = _disk,
            tasks = Enumerable.Range(0, 60).Select(i => new { i, log, backup = _sandbox.Root }).ToArray(),
        });
        Engine.Runs.RunLayout layout = new(_disk, runId);
        Assert.True(await Sandbox.BecomesTrueAsync(() => File.Exists(log) && File.ReadAllLines(log).Length > 6));
        Fill();
        await Task.Delay(2500);
        Answer full = await _sandbox.StatusAsync(runId);
        Assert.Equal("in_flight", full.State);
        Assert.Contains(full.Warnings, w => w.Contains("full", StringComparison.Ordinal));
        // Killed while it waits for room: not even that loses anything.
        _sandbox.KillSupervisor();
        Assert.Equal("in_flight", (await _sandbox.StatusAsync(runId)).State);
        await Task.Delay(1500);
        File.Delete(Path.Combine(_disk, "filler"));

        Answer end = await _sandbox.WaitAsync(runId);
        Assert.True(end.State == "complete", end.Json.ToString() + string.Join('\n', EventsOf(layout)));
        Assert.Equal(60, end.Count("complete"));
        IReadOnlyList<TaskEvent> events = EventsOf(layout);
        string[] attempts = File.ReadAllLines(log);
        for (int id = 0; id < 60; id++)
        {
            Assert.Single(events, e => e.TaskId == id && e.State == TaskState.Complete);
            int lost = events.Count(e => e.TaskId == id && e.State == TaskState.Lost);
            Assert.InRange(attempts.Count(a => a.StartsWith($"{id} ", StringComparison.Ordinal)), 1, 1 + lost);
        }
        Assert.True((await _sandbox.AggregateAsync(runId)).GetProperty("complete").GetBoolean());
    }

    [SkippableFact]
    public async Task A_submission_to_a_full_disk_says_so_and_is_finished_when_there_is_room()
    {
        await MountAsync("256k");
        Fill();
        var spec = new { command = "true", remote_path = _disk, tasks = Enumerable.Range(0, 50).Select(i => new { i }).ToArray() };
        Answer refused = await _sandbox.SubmitAsync(spec);
        Assert.False(refused.IsOk);
        Assert.Contains("full", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refused.Remediation);
        Assert.Equal((1, "precondition_failed"), (refused.ExitCode, refused.ErrorCode));
        File.Delete(Path.Combine(_disk, "filler"));
        (_, Answer end) = await _sandbox.SubmitAndWaitAsync(spec);
        Assert.Equal("complete", end.State);
        Assert.Single(Directory.GetFiles(Path.Combine(_sandbox.Experiment, ".hpc", "runs"), "*.json"));
    }

    private static List<TaskEvent> EventsOf(Engine.Runs.RunLayout layout)
    {
        List<TaskEvent> events = [];
        _ = new EventLog(layout.Events).ReadNew((e, _) => events.Add(e));
        return events;
    }

    private async Task MountAsync(string size)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux");
        (int exit, _, string error) = await _sandbox.StartAsync("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _disk);
        Skip.IfNot(exit == 0, $"cannot mount: {error}");
        _mounted = true;
    }

    private void Fill()
    {
        using FileStream filler = new(Path.Combine(_disk, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        byte[] block = new byte[512];
        try
        {
            while (true) filler.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
