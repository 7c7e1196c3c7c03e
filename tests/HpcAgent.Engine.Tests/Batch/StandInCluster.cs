using System.Buffers;
using System.Globalization;
using System.Text;
using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Operations;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.Batch;

/// <summary>
/// A cluster on this machine: the real client and its real scripts, with programs that stand in for Slurm's and take jobs without running them. Results and
/// ends of tasks are written by the test.
/// </summary>
internal sealed class StandInCluster : IDisposable
{
    private readonly TempFolder _folder = new();
    private RunLayout? _remote;

    public StandInCluster()
    {
        Skip.If(OperatingSystem.IsWindows(), "The scripts run where clusters are.");
        _ = _folder.Write("experiment/code.py", "print()");
        _ = _folder.Write("queue");
        // The script and the PATH are the last words.
        Program("sbatch", $"for word; do script=$last last=$word; done; echo \"$script\" >>'{_folder["jobs"]}'; id=$((100 + $(wc -l <'{_folder["jobs"]}'))); echo \"$id\" >>'{_folder["queue"]}'; echo \"$id\"");
        Program("squeue", $"cat '{_folder["queue"]}'");
        foreach (string name in (string[])["sacct", "scancel", "scontrol", "sacctmgr", "sinfo"]) Program(name, ":");
    }

    public string this[string name] => _folder[name];

    /// <summary>Where the run lies on the cluster.</summary>
    public RunLayout Remote => _remote!;

    public string Experiment => _folder["experiment"];

    /// <summary>Where the run is mirrored.</summary>
    public RunLayout Mirror => new(Path.Combine(State.Root, "mirrors", "site"), Remote.RunId);

    /// <summary>How many scripts the cluster was sent.</summary>
    public int Executions { get; private set; }

    /// <summary>The jobs that were submitted behind those of the run itself.</summary>
    public IReadOnlyList<string> PackJobs => [.. Lines("jobs").Where(script => script.Contains("/waves/", StringComparison.Ordinal))];

    private StateFolder State => new(new StateEnvironment { JournalDirectory = _folder["state"] });

    /// <summary>Submits a run to it.</summary>
    public async Task<RunRecord> SubmitAsync(int tasks, string? template = null)
    {
        OperationContext context = Context();
        RunSpec spec = new()
        {
            ExperimentPath = Experiment,
            Cluster = context.Cluster("site"),
            Tasks = TaskSet.FromMaps(Enumerable.Range(0, tasks).Select(i => new Dictionary<string, object?>(StringComparer.Ordinal) { ["i"] = (long)i })),
            CommandKind = CommandKind.Command,
            Command = "echo {i}",
            ResultTemplate = template,
            Name = "packed",
        };
        RunStore store = new(State, Experiment, TimeProvider.System);
        Run run = (await new RunSubmitter(store, TimeProvider.System).SubmitAsync(await RunDraft.CreateAsync(spec, CancellationToken.None), CancellationToken.None)).Run;
        _remote = new RunLayout(run.RemotePath, run.RunId);
        // Its arrays have left the queue by now.
        File.WriteAllText(_folder["queue"], "");
        return (await store.FindAsync(run.RunId))!;
    }

    /// <summary>Ends a task well.</summary>
    public void Complete(long task, byte[]? metrics)
    {
        if (metrics is not null)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(MetricsOf(task))!);
            File.WriteAllBytes(MetricsOf(task), metrics);
        }
        NoteEnds([task]);
    }

    public void Complete(long task, string metrics) => Complete(task, Encoding.UTF8.GetBytes(metrics));

    public void Complete(IEnumerable<int> tasks, string metrics)
    {
        foreach (int task in tasks)
        {
            _ = Directory.CreateDirectory(Path.GetDirectoryName(MetricsOf(task))!);
            File.WriteAllText(MetricsOf(task), metrics);
        }
        NoteEnds(tasks.Select(task => (long)task));
    }

    private void NoteEnds(IEnumerable<long> tasks)
    {
        ArrayBufferWriter<byte> lines = new();
        DateTimeOffset now = DateTimeOffset.UtcNow;
        foreach (long task in tasks)
        {
            TaskEventLine.Write(new TaskEvent { Kind = TaskEventKind.Start, TaskId = task, Attempt = 1, At = now }, lines);
            TaskEventLine.Write(new TaskEvent { Kind = TaskEventKind.End, TaskId = task, Attempt = 1, At = now, State = TaskState.Complete, ExitCode = 0, Elapsed = TimeSpan.Zero }, lines);
        }
        _ = Directory.CreateDirectory(Remote.Events);
        using FileStream file = new(Path.Combine(Remote.Events, "node@boot.log"), FileMode.Append);
        file.Write(lines.WrittenSpan);
    }

    public string MetricsOf(long task) => Path.Combine(Remote.Results, RunLayout.DefaultResultFolder(task), "metrics.json");

    /// <summary>Runs a job that was taken, and takes it out of the queue.</summary>
    public async Task RunJobAsync(string id, string environment = "")
    {
        string script = Lines("jobs")[int.Parse(id, CultureInfo.InvariantCulture) - 101];
        _ = await ChildProcess.TryRunAsync("/bin/sh", null, ["-c", $"{environment} SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_JOB_ID={id} TMPDIR='{_folder.Root}' /bin/sh '{script}'"]);
        LoseJob(id);
    }

    /// <summary>Takes a job out of the queue, as when its node has died.</summary>
    public void LoseJob(string id) => File.WriteAllLines(_folder["queue"], Lines("queue").Where(line => line != id));

    /// <summary>Makes the ids of jobs look as if they had been written an hour ago.</summary>
    public void Age()
    {
        foreach (string id in Directory.GetFiles(Remote.Submit, "id", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(id, DateTime.UtcNow.AddHours(-1));
    }

    /// <summary>A context as a process of its own would have it.</summary>
    public OperationContext Context()
    {
        OperationContext context = new(Experiment, State, new SupervisorProgram(_folder.Root, "none", []), new Dictionary<string, string>(StringComparer.Ordinal));
        SiteConfig site = new() { Name = "site", Scheduler = "slurm", Origin = "test", Scratch = _folder["scratch"], FileSystemLag = TimeSpan.FromHours(1) };
        context.Use(new BatchCluster(site, new Host(this), SchedulerFactory.Create("slurm"), State, TimeProvider.System));
        return context;
    }

    public void Dispose() => _folder.Dispose();

    private string[] Lines(string name) => File.Exists(_folder[name]) ? File.ReadAllLines(_folder[name]) : [];

    private void Program(string name, string body) => TempFolder.SetMode(_folder.Write("bin/" + name, $"#!/bin/sh\n{body}\n"), 0b111_101_101);

    private sealed class Host(StandInCluster cluster) : IHost
    {
        private readonly LocalHost _inner = new(TimeProvider.System);

        public string Name => "here";

        public Task<HostAnswer> RunAsync(HostScript script, CancellationToken cancellationToken)
        {
            cluster.Executions++;
            return _inner.RunAsync(script with { Text = $"PATH='{cluster["bin"]}':$PATH; export PATH\n{script.Text}" }, cancellationToken);
        }
    }
}
