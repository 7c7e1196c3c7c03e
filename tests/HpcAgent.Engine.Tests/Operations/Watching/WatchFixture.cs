using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;
using HpcAgent.Engine.Tests.Submission;

namespace HpcAgent.Engine.Tests.Operations.Watching;

/// <summary>Runs that were submitted at a simulated time, and watchers of them.</summary>
internal sealed class WatchFixture : IDisposable
{
    private readonly TempFolder _folder = new();

    public WatchFixture() => _folder.Write("experiment/code.py", "print()");

    public SimulatedClock Clock { get; } = new();

    public StateFolder State => new(new StateEnvironment { JournalDirectory = _folder["state"] });

    public string Experiment => _folder["experiment"];

    public string this[string name] => _folder[name];

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public QueryBudget Budget(int perHour = QueryBudget.Usual) => new(State, "fake", perHour, Clock);

    public void Dispose() => _folder.Dispose();

    public async Task<Run> SubmitAsync(int tasks, string command = "echo {_}")
    {
        RunSpec spec = new()
        {
            ExperimentPath = Experiment,
            Cluster = new FakeCluster(),
            Tasks = TaskSet.FromObjects([.. Enumerable.Range(0, tasks).Cast<object>()]),
            CommandKind = CommandKind.Command,
            Command = command,
            Name = "test",
        };
        RunStore store = new(State, Experiment, Clock);
        return (await new RunSubmitter(store, Clock).SubmitAsync(await RunDraft.CreateAsync(spec, CancellationToken.None), CancellationToken.None)).Run;
    }

    /// <summary>A context as a process of its own would have it.</summary>
    public OperationContext Context(ICluster cluster)
    {
        OperationContext context = new(Experiment, State, new SupervisorProgram(_folder.Root, "none", []), Environment) { Clock = Clock };
        context.Use(cluster);
        return context;
    }

    /// <summary>Watches runs to the end, and gives every look.</summary>
    public async Task<List<WatchedRun>> WatchAsync(ICluster cluster, WatchOptions options, params Run[] runs)
    {
        List<WatchedRun> looks = [];
        RunWatcher watcher = new(_ => Context(cluster));
        await foreach (WatchedRun look in watcher.WatchAsync([.. runs.Select(r => (r.RunId, Experiment))], options, CancellationToken.None)) looks.Add(look);
        return looks;
    }
}
