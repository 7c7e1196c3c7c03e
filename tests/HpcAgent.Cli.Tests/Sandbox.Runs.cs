using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Cli.Tests;

/// <summary>What tests do with runs.</summary>
public sealed partial class Sandbox
{
    /// <summary>Submits a spec: JSON text, or an object that is written as JSON. It lies outside of the experiment, so that it is no code.</summary>
    public async Task<Answer> SubmitAsync(object spec) =>
        await RunAsync("submit-flow", "--experiment-dir", Experiment, "--spec", WriteSpec(spec));

    /// <summary>Writes a spec outside of the experiment and gives its path.</summary>
    public string WriteSpec(object spec)
    {
        string path = Path.Combine(Root, "spec.json");
        File.WriteAllText(path, spec as string ?? JsonSerializer.Serialize(spec));
        return path;
    }

    /// <summary>Submits a spec that must be taken, and gives the run's name.</summary>
    public async Task<string> StartRunAsync(object spec)
    {
        Answer submitted = await SubmitAsync(spec);
        Assert.True(submitted.IsOk, submitted.Json.ToString());
        return submitted.RunId;
    }

    /// <summary>Submits a spec and waits until the run has ended.</summary>
    public async Task<(string RunId, Answer End)> SubmitAndWaitAsync(object spec, double seconds = 90)
    {
        string runId = await StartRunAsync(spec);
        return (runId, await WaitAsync(runId, seconds));
    }

    public Task<Answer> StatusAsync(string runId) =>
        RunAsync("status", "--experiment-dir", Experiment, "--run-id", runId, "--tasks");

    public async Task<JsonElement> AggregateAsync(string runId) =>
        (await RunAsync("aggregate-flow", "--experiment-dir", Experiment, "--run-id", runId, "--dry-run")).Data.GetProperty("aggregate");

    /// <summary>The last lines of one task's log.</summary>
    public async Task<string> LogAsync(string runId, long taskId, int lines = 50)
    {
        Answer answer = await RunAsync(
            "logs", "--experiment-dir", Experiment, "--run-id", runId, "--task-id", taskId.ToString(CultureInfo.InvariantCulture),
            "--lines", lines.ToString(CultureInfo.InvariantCulture));
        Assert.True(answer.IsOk, answer.Json.ToString());
        return answer.Data.GetProperty("logs")[0].GetProperty("content").GetString()!;
    }

    /// <summary>All events of a run in the order of the file.</summary>
    public IReadOnlyList<TaskEvent> Events(string runId)
    {
        List<TaskEvent> events = [];
        EventLog log = new(Layout(runId).Events);
        _ = log.ReadNew((e, _) => events.Add(e));
        Assert.Empty(log.Damage);
        return events;
    }

    /// <summary>The text of a run's journal.</summary>
    public string Journal(string runId) => File.ReadAllText(Directory.GetFiles(State, runId + ".jsonl", SearchOption.AllDirectories).Single());

    public TaskEvent End(string runId, long taskId) => Events(runId).Last(e => e.Kind == TaskEventKind.End && e.TaskId == taskId);

    public RunLayout Layout(string runId) => new(Experiment, runId);

    /// <summary>The promoted results of a task.</summary>
    public string Results(string runId, long taskId) => Path.Combine(Layout(runId).Results, RunLayout.DefaultResultFolder(taskId));

    /// <summary>The folder in which an attempt works.</summary>
    public string Work(string runId, long taskId, int attempt = 1)
    {
        string results = Results(runId, taskId);
        return Path.Combine(Path.GetDirectoryName(results)!, string.Create(CultureInfo.InvariantCulture, $"_wip_{taskId}_{attempt}"));
    }

    /// <summary>The engine as the command line sees it.</summary>
    public OperationContext Context() => new(
        Experiment, new StateFolder(new StateEnvironment { JournalDirectory = State }), new SupervisorProgram(CliFolder, "hpc-agent", []), Environment);

    /// <summary>Stops a run, which only people may do and no verb does.</summary>
    public async Task StopAsync(string runId)
    {
        OperationContext context = Context();
        RunRecord record = (await new RunStore(context.State, Experiment, TimeProvider.System).FindAsync(runId))!;
        await context.Cluster("local").StopAsync(record.Run, CancellationToken.None);
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task<bool> BecomesTrueAsync(Func<bool> condition, double seconds = 30)
    {
        for (Stopwatch time = Stopwatch.StartNew(); time.Elapsed.TotalSeconds < seconds;)
        {
            if (condition()) return true;
            await Task.Delay(20);
        }
        return condition();
    }

    public Task<Answer> WaitAsync(string runId, double seconds = 90) => RunAsync(
        "monitor-flow", "--experiment-dir", Experiment, "--run-id", runId, "--poll-interval-seconds", "0.1",
        "--wall-clock-budget-seconds", seconds.ToString(CultureInfo.InvariantCulture));
}
