using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Cli.Tests.Faults;

/// <summary>The supervisor may be killed at any moment: what is finished stays, what runs is taken over, what is lost is said.</summary>
public sealed class SupervisorKillTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly string _go;

    public SupervisorKillTests() => _go = Path.Combine(_sandbox.Root, "go");

    public void Dispose() => _sandbox.Dispose();

    /// <summary>5 rounds in the ordinary run; HPC_FAULT_ROUNDS says otherwise.</summary>
    [Fact]
    public async Task Killed_at_random_moments_every_task_is_completed_once_and_none_is_missing()
    {
        int rounds = int.Parse(Environment.GetEnvironmentVariable("HPC_FAULT_ROUNDS") ?? "5", CultureInfo.InvariantCulture);
        int count = 16 * rounds;
        string log = Path.Combine(_sandbox.Root, "attempts");
        Random random = new();
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "sleep {seconds}; echo \"{i} $HPC_ATTEMPT\" >> {log}; echo said {i}; echo \"{{\\\"id\\\": $HPC_TASK_ID}}\" > \"$RESULT_DIR/metrics.json\"",
            tasks = Enumerable.Range(0, count).Select(i => new { i, log, seconds = (i % 10 == 5 ? 900 : random.Next(20, 200)) / 1000.0 }).ToArray(),
        });
        int kills = 0;
        for (int round = 0; round < rounds; round++)
        {
            await Task.Delay(random.Next(0, 700));
            if (_sandbox.SupervisorPid() is not null) kills++;
            _sandbox.KillSupervisor();
            if (round % 3 == 0) await Task.Delay(random.Next(0, 300));
            // Some rounds look from several processes at once: one supervisor must come of it.
            Answer[] answers = await Task.WhenAll(Enumerable.Range(0, round % 2 == 0 ? 1 : 3).Select(_ => _sandbox.StatusAsync(runId)));
            Assert.All(answers, a => Assert.True(a.IsOk, a.Json.ToString()));
        }
        Assert.True(kills > rounds / 2, $"only {kills} of {rounds} kills met a supervisor");
        Answer end = await _sandbox.WaitAsync(runId, 300);
        Assert.True(end.State == "complete", end.Json.ToString());

        IReadOnlyList<TaskEvent> events = _sandbox.Events(runId);
        string[] attempts = File.ReadAllLines(log);
        Assert.Equal(attempts.Length, attempts.Distinct(StringComparer.Ordinal).Count());
        for (int id = 0; id < count; id++)
        {
            TaskEvent[] ends = [.. events.Where(e => e.Kind == TaskEventKind.End && e.TaskId == id)];
            Assert.Single(ends, e => e.State == TaskState.Complete);
            int lost = ends.Count(e => e.State == TaskState.Lost);
            int ran = attempts.Count(a => a.StartsWith(id.ToString(CultureInfo.InvariantCulture) + " ", StringComparison.Ordinal));
            Assert.True(ran >= 1 && ran <= 1 + lost, $"task {id} ran {ran} times, {lost} attempts were recorded as lost: {string.Join("\n", events.Where(e => e.TaskId == id))}");
        }
        JsonElement aggregate = await _sandbox.AggregateAsync(runId);
        Assert.Equal(count, aggregate.GetProperty("used_tasks").GetInt64());
        Assert.Empty(aggregate.GetProperty("missing_tasks").EnumerateArray());
        Assert.Empty(aggregate.GetProperty("problems").EnumerateArray());
        Assert.All(aggregate.GetProperty("groups").EnumerateArray(), g => Assert.Equal(
            g.GetProperty("key").GetProperty("i").GetInt64(), g.GetProperty("metrics").GetProperty("id").GetProperty("mean").GetDouble()));
        foreach (int id in (int[])[0, count / 2, count - 1]) Assert.Equal($"said {id}\n", await _sandbox.LogAsync(runId, id));
        string summary = string.Create(CultureInfo.InvariantCulture, $"{kills} kills, {count} tasks, {events.Count(e => e.State == TaskState.Lost)} lost attempts, ")
            + string.Create(CultureInfo.InvariantCulture, $"{events.Count(e => e.Kind == TaskEventKind.Note)} taken over, {events.Count(e => e.Text?.Contains("left the exit code", StringComparison.Ordinal) == true)} by exit code");
        if (Environment.GetEnvironmentVariable("HPC_FAULT_REPORT") is { } report) await File.AppendAllTextAsync(report, summary + "\n");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("0")]
    public async Task Tasks_that_end_while_nobody_looks_are_judged_by_the_exit_codes_that_they_leave(string fork)
    {
        _sandbox.Environment["HPC_LOCAL_FORK"] = fork;
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "echo begun; while ! [ -e {go} ]; do sleep 0.05; done; echo '{{\"x\": 1}}' > \"$RESULT_DIR/metrics.json\"; exit {code}",
            tasks = new[] { new { code = 0, go = _go }, new { code = 5, go = _go } },
        });
        // A start event stands a moment before the task itself; one that had not begun yet would be lost, and rightly so.
        Assert.True(await Sandbox.BecomesTrueAsync(() => HasBegun(runId, 0) && HasBegun(runId, 1)));
        _sandbox.KillSupervisor();
        await File.WriteAllTextAsync(_go, "");
        string exits = _sandbox.Layout(runId).Exits;
        Assert.True(await Sandbox.BecomesTrueAsync(() => Directory.GetFiles(exits).Count(f => new FileInfo(f).Length > 0) == 2));
        await Task.Delay(2000);
        Assert.Equal(2, _sandbox.Events(runId).Count);
        DateTimeOffset looked = DateTimeOffset.UtcNow;
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("failed", end.State);
        Assert.Equal((TaskState.Complete, 0, 1), Of(0));
        Assert.Equal((TaskState.Failed, 5, 1), Of(1));
        // It took until it left its exit code, not until somebody looked.
        DateTimeOffset began = _sandbox.Events(runId).First(e => e.TaskId == 0 && e.Kind == TaskEventKind.Start).At;
        Assert.InRange(_sandbox.End(runId, 0).Elapsed!.Value, TimeSpan.Zero, looked - began - TimeSpan.FromSeconds(1.5));
        Assert.True(File.Exists(Path.Combine(_sandbox.Results(runId, 0), "metrics.json")));
        Assert.False(Directory.Exists(_sandbox.Layout(runId).Exits));

        (TaskState, int?, int) Of(long id) => (_sandbox.End(runId, id).State, _sandbox.End(runId, id).ExitCode, _sandbox.End(runId, id).Attempt);
    }

    private bool HasBegun(string runId, long taskId) => new FileInfo(_sandbox.Layout(runId).TaskLog(taskId, 1)) is { Exists: true, Length: > 0 };

    [Fact]
    public async Task Tasks_that_still_run_are_taken_over_and_not_started_again()
    {
        string log = Path.Combine(_sandbox.Root, "starts");
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "echo {i} >> {log}; while ! [ -e {go} ]; do sleep 0.05; done; exit {i}",
            tasks = Enumerable.Range(0, 3).Select(i => new { i, log, go = _go }).ToArray(),
        });
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(runId).Count == 2 && File.Exists(log) && File.ReadAllLines(log).Length == 2));
        _sandbox.KillSupervisor();
        Assert.Equal("in_flight", (await _sandbox.StatusAsync(runId)).State);
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(runId).Count(e => e.Kind == TaskEventKind.Note) == 2));
        // Both slots are taken by what was taken over: the third must wait.
        await Task.Delay(500);
        Assert.Equal(2, File.ReadAllLines(log).Length);
        File.WriteAllText(_go, "");
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("failed", end.State);
        Assert.Equal(3, File.ReadAllLines(log).Length);
        for (int id = 0; id < 3; id++) Assert.Equal((1, id), (_sandbox.End(runId, id).Attempt, _sandbox.End(runId, id).ExitCode));
        Assert.InRange(_sandbox.End(runId, 0).Elapsed!.Value.TotalSeconds, 0.5, 60);
    }

    [Fact]
    public async Task The_time_limit_holds_for_a_task_that_was_taken_over()
    {
        string runId = await _sandbox.StartRunAsync("""
            {"command": "trap '' INT TERM; setsid sleep 1000 & echo $! > \"$RESULT_DIR/daemon\"; while :; do sleep 0.1; done", "walltime": "2s", "env": {"HPC_PREEMPT_GRACE_SEC": "0.1"}, "tasks": [{"i": 0}]}
            """);
        Assert.True(await Sandbox.BecomesTrueAsync(() => File.Exists(Path.Combine(_sandbox.Work(runId, 0), "daemon"))));
        _sandbox.KillSupervisor();
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("failed", end.State);
        Assert.Equal((TaskState.Timeout, 1), (_sandbox.End(runId, 0).State, _sandbox.End(runId, 0).Attempt));
        string daemon = File.ReadAllText(Path.Combine(_sandbox.Work(runId, 0), "daemon")).Trim();
        Assert.True(await Sandbox.BecomesTrueAsync(() => !Directory.Exists($"/proc/{daemon}") || File.ReadAllText($"/proc/{daemon}/stat").Contains(") Z ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_task_that_died_with_the_supervisor_is_recorded_as_lost_and_run_again()
    {
        string runId = await _sandbox.StartRunAsync(new
        {
            command = "echo \"$HPC_ATTEMPT\" > \"$RESULT_DIR/attempt\"; [ -e {go} ] || exec sleep 1000",
            tasks = new[] { new { go = _go } },
        });
        Assert.True(await Sandbox.BecomesTrueAsync(() => File.Exists(Path.Combine(_sandbox.Work(runId, 0), "attempt"))));
        await Task.Delay(200);
        int pid = _sandbox.Events(runId)[0].Pid!.Value;
        _sandbox.KillSupervisor();
        _ = await _sandbox.StartAsync("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(_go, "");
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("complete", end.State);
        Assert.Equal([TaskState.Lost, TaskState.Complete], _sandbox.Events(runId).Where(e => e.Kind == TaskEventKind.End).Select(e => e.State));
        Assert.Equal("2\n", File.ReadAllText(Path.Combine(_sandbox.Results(runId, 0), "attempt")));
    }

    [Fact]
    public async Task The_private_folders_of_killed_supervisors_are_cleared_by_the_one_that_leaves_in_peace()
    {
        using Sandbox sandbox = new(lingerSeconds: 1);
        string runId = await sandbox.StartRunAsync(new { command = "while ! [ -e {go} ]; do sleep 0.05; done; test -s \"$HPC_PARAMS\"", tasks = new[] { new { go = _go } } });
        string list = Path.Combine(sandbox.LocalFolder, "temporary");
        Assert.True(await Sandbox.BecomesTrueAsync(() => sandbox.Events(runId).Count == 1));
        sandbox.KillSupervisor();
        Assert.Equal("in_flight", (await sandbox.StatusAsync(runId)).State);
        Assert.True(await Sandbox.BecomesTrueAsync(() => File.ReadAllLines(list).Length == 2));
        string[] folders = File.ReadAllLines(list);
        // The task that was taken over still needs the first.
        Assert.All(folders, f => Assert.True(Directory.Exists(f)));
        File.WriteAllText(_go, "");
        Assert.Equal("complete", (await sandbox.WaitAsync(runId)).State);
        Assert.True(await Sandbox.BecomesTrueAsync(() => sandbox.SupervisorPid() is null));
        Assert.All(folders, f => Assert.False(Directory.Exists(f)));
        Assert.False(File.Exists(list));
    }

    [Fact]
    public async Task Results_that_were_promoted_before_the_supervisor_died_are_not_made_again()
    {
        // What a supervisor leaves that dies between the promotion and the event: results with their stamp, and a start without an end.
        string runId = await _sandbox.StartRunAsync(new { command = "while ! [ -e {go} ]; do sleep 0.05; done", tasks = new[] { new { go = _go } } });
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(runId).Count == 1));
        int pid = _sandbox.Events(runId)[0].Pid!.Value;
        _sandbox.KillSupervisor();
        _ = await _sandbox.StartAsync("kill", "-9", pid.ToString(CultureInfo.InvariantCulture));
        string results = Directory.CreateDirectory(_sandbox.Results(runId, 0)).FullName;
        using JsonDocument order = JsonDocument.Parse(File.ReadAllText(_sandbox.Layout(runId).Order));
        File.WriteAllText(Path.Combine(results, ".hpc_stamp"), $"{order.RootElement.GetProperty("identity_sha").GetString()} 1\n");
        File.WriteAllText(Path.Combine(results, "metrics.json"), "{\"x\": 1}");
        Answer end = await _sandbox.WaitAsync(runId);
        Assert.Equal("complete", end.State);
        Assert.Contains("repaired", _sandbox.End(runId, 0).Text, StringComparison.Ordinal);
    }
}
