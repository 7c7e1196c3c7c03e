using System.Diagnostics;

namespace HpcAgent.Cli.Tests.Contract;

/// <summary>A run has its own life: it keeps nothing of the shell that started it, and does not end with it.</summary>
public sealed class DetachmentTests : IDisposable
{
    private readonly Sandbox _sandbox = new();
    private readonly string _go;

    public DetachmentTests() => _go = Path.Combine(_sandbox.Root, "go");

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_captured_submission_returns_at_once_and_leaves_no_pipe_open()
    {
        string spec = WaitingSpec();
        // Descriptor 3 is a pipe to this test as well: it must not stay open in the supervisor or in a task either.
        string script = $"exec 3>&1; answer=$('{Sandbox.Cli}' submit-flow --experiment-dir \"$1\" --spec \"$2\") || exit 9; printf '%s\\n' \"$answer\"";
        (int exit, string output, string error) = await _sandbox.StartAsync("timeout", "30", "bash", "-c", script, "bash", _sandbox.Experiment, spec);
        Assert.True(exit == 0, error);
        string runId = System.Text.Json.JsonDocument.Parse(output).RootElement.GetProperty("data").GetProperty("run_id").GetString()!;
        // All writers of our pipe are gone, and the task still runs.
        Assert.Equal("in_flight", (await _sandbox.StatusAsync(runId)).State);
        File.WriteAllText(_go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
    }

    [Fact]
    public async Task The_run_survives_when_the_whole_process_group_of_its_shell_is_killed()
    {
        string spec = WaitingSpec();
        ProcessStartInfo start = new("setsid") { RedirectStandardOutput = true, WorkingDirectory = _sandbox.Experiment };
        foreach (string argument in (string[])["bash", "-c", $"echo $$; '{Sandbox.Cli}' submit-flow --experiment-dir \"$1\" --spec \"$2\"; sleep 1000", "bash", _sandbox.Experiment, spec])
            start.ArgumentList.Add(argument);
        foreach ((string name, string value) in _sandbox.Environment) start.Environment[name] = value;
        using Process shell = Process.Start(start)!;
        string group = (await shell.StandardOutput.ReadLineAsync())!;
        string runId = System.Text.Json.JsonDocument.Parse((await shell.StandardOutput.ReadLineAsync())!).RootElement.GetProperty("data").GetProperty("run_id").GetString()!;
        Assert.True(await Sandbox.BecomesTrueAsync(() => _sandbox.Events(runId).Count > 0));
        (int exit, _, string error) = await _sandbox.StartAsync("bash", "-c", $"kill -KILL -- -{group}");
        Assert.True(exit == 0, error);
        await shell.WaitForExitAsync();
        int? supervisor = _sandbox.SupervisorPid();
        Assert.NotNull(supervisor);
        File.WriteAllText(_go, "");
        Assert.Equal("complete", (await _sandbox.WaitAsync(runId)).State);
        Assert.Equal(supervisor, _sandbox.SupervisorPid());
        Assert.Equal(1, Assert.Single((await _sandbox.StatusAsync(runId)).Tasks).GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task The_supervisor_lingers_for_the_next_run_and_then_leaves()
    {
        using Sandbox sandbox = new(lingerSeconds: 4);
        (_, Answer end) = await sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 0}]}""");
        Assert.Equal("complete", end.State);
        int? first = sandbox.SupervisorPid();
        Assert.NotNull(first);
        (_, end) = await sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 1}]}""");
        Assert.Equal("complete", end.State);
        Assert.Equal(first, sandbox.SupervisorPid());
        Assert.True(await Sandbox.BecomesTrueAsync(() => sandbox.SupervisorPid() is null));
        // And the next run starts a new one.
        (_, end) = await sandbox.SubmitAndWaitAsync("""{"command": "true", "tasks": [{"i": 2}]}""");
        Assert.Equal("complete", end.State);
    }

    private string WaitingSpec() => _sandbox.WriteSpec(new { command = "while ! [ -e {go} ]; do sleep 0.05; done", tasks = new[] { new { go = _go } } });
}
