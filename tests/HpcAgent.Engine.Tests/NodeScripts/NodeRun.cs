using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Tests.NodeScripts;

/// <summary>A run's folder as a submission would make it, in a place with an awkward name, and the dispatcher to run its elements.</summary>
internal sealed class NodeRun : IDisposable
{
    public const string JobId = "42";
    private const string Token = "0011223344556677";

    private readonly TempFolder _folder = new();
    private readonly long _taskCount;

    public NodeRun(string command, long taskCount)
        : this(new NodeRunSettings { Command = command, Tasks = Numbers(taskCount) })
    {
    }

    public NodeRun(NodeRunSettings settings)
    {
        string remote = _folder["a $b 'c\" d\\"];
        Layout = new RunLayout(remote, "run-1");
        List<IReadOnlyDictionary<string, object?>> tasks = [.. settings.Tasks];
        _taskCount = tasks.Count;
        CommandTemplate command = CommandTemplate.Parse(settings.Command, tasks[0].Keys);
        RunPackage package = Package(settings, command, remote);
        _ = TaskTable.Write(package.Tasks, Layout.Tasks, NodeFiles.TableOptions(package));
        NodeFiles.Write(Layout.Root, package, Layout.RemotePath, new NodeOptions
        {
            ElementWalltime = _ => settings.ElementWalltime,
            TaskWalltime = _ => settings.TaskWalltime,
        });
        Code = Path.Combine(remote, ".hpc", "snapshots", "digest");
        _ = Directory.CreateDirectory(Code);
        _ = Directory.CreateDirectory(Temporary);
        RecordJob(JobId);
    }

    public RunLayout Layout { get; }

    public string Code { get; }

    public string Temporary => _folder["tmp"];

    /// <summary>Variables of the dispatcher's own environment.</summary>
    public Dictionary<string, string?> Environment { get; } = new(StringComparer.Ordinal);

    public static IEnumerable<IReadOnlyDictionary<string, object?>> Numbers(long count) =>
        Enumerable.Range(0, (int)count).Select(i => (IReadOnlyDictionary<string, object?>)new Dictionary<string, object?> { ["i"] = (long)i });

    public void RecordJob(string? id)
    {
        string claim = Path.Combine(Layout.Submit, Token);
        _ = Directory.CreateDirectory(claim);
        if (id is null) File.Delete(Path.Combine(claim, "id"));
        else File.WriteAllText(Path.Combine(claim, "id"), id + "\n");
    }

    public string? RecordedJob()
    {
        string path = Path.Combine(Layout.Submit, Token, "id");
        return File.Exists(path) ? File.ReadAllText(path).TrimEnd('\n') : null;
    }

    public Process Start(string shell, int element = 1, string job = JobId)
    {
        string[] words = shell.Split(' ');
        ProcessStartInfo start = new(words[0]) { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string word in (string[])[.. words[1..], Path.Combine(Layout.Root, NodeFiles.DispatcherName), Layout.Root, "0", element.ToString(CultureInfo.InvariantCulture), job])
            start.ArgumentList.Add(word);
        start.Environment["TMPDIR"] = Temporary;
        foreach ((string name, string? value) in Environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs one element to its end.</summary>
    /// <returns>The exit code and what it printed on standard error.</returns>
    public async Task<(int Exit, string Errors)> RunAsync(string shell, int element = 1, string job = JobId)
    {
        using Process process = Start(shell, element, job);
        return await EndOfAsync(process);
    }

    public static async Task<(int Exit, string Errors)> EndOfAsync(Process process)
    {
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }

    /// <summary>Waits until a file is there.</summary>
    public static async Task AppearsAsync(string path)
    {
        for (int i = 0; i < 6000 && !File.Exists(path); i++) await Task.Delay(10);
        Assert.True(File.Exists(path), path);
    }

    public static void Signal(Process process, int signal) => Assert.Equal(0, Posix.kill(process.Id, signal));

    public List<TaskEvent> Events()
    {
        List<TaskEvent> events = [];
        EventLog log = new(Layout.Events);
        _ = log.ReadNew((e, _) => events.Add(e));
        Assert.Empty(log.Damage);
        return events;
    }

    public List<string> Notes() => [.. Events().Where(e => e.Kind == TaskEventKind.Note).Select(e => e.Text!)];

    public TaskLedger Ledger()
    {
        TaskLedger ledger = new(_taskCount);
        foreach (TaskEvent e in Events()) ledger.Apply(e, "n");
        Assert.Equal(0, ledger.ContradictionCount);
        return ledger;
    }

    public RunTaskStatus Status(long id) => Ledger().ToStatus("run-1", id, DateTimeOffset.UtcNow);

    public TaskState[] States()
    {
        TaskLedger ledger = Ledger();
        return [.. Enumerable.Range(0, (int)_taskCount).Select(i => ledger[i])];
    }

    public string Log(long id) => LogReader.Read(Layout, Status(id), 1000).Content;

    public string ResultPath(long id, string name) => Path.Combine(Layout.Results, RunLayout.DefaultResultFolder(id), name);

    public string Result(long id, string name) => File.ReadAllText(ResultPath(id, name));

    /// <summary>Nothing stays on the node, and no half-made results.</summary>
    public void AssertClean()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(Temporary));
        if (Directory.Exists(Layout.Results)) Assert.Empty(Directory.EnumerateDirectories(Layout.Results, "_wip_*", SearchOption.AllDirectories));
    }

    public void Dispose() => _folder.Dispose();

    private static PlanArray Array(NodeRunSettings settings, long count) =>
        new(0, 0, settings.TaskIds?.Sum(r => r.Count) ?? count, settings.Elements, 0) { AttemptBase = settings.AttemptBase, TaskIds = settings.TaskIds };

    private static RunPackage Package(NodeRunSettings settings, CommandTemplate command, string remote)
    {
        long count = settings.Tasks.Count();
        return new RunPackage
        {
            Sidecar = new Sidecar { RunId = "run-1", RemotePath = remote, IdentitySha = "f00d", Snapshot = ".hpc/snapshots/digest", ResultDirTemplate = settings.ResultTemplate },
            ExperimentPath = remote,
            Plan = new RunPlan
            {
                Cluster = "c",
                TaskCount = count,
                TasksPerElement = (int)Math.Ceiling((double)count / settings.Elements),
                MaxConcurrentCount = 1,
                Arrays = [Array(settings, count)],
                Resources = new ResourceRequest { Cpus = 3 },
                Strategy = "s",
            },
            Tokens = [Token],
            Tasks = TaskSet.FromMaps(settings.Tasks),
            Code = new SnapshotManifest { Digest = "digest", Entries = [] },
            ShellCommand = command.ShellText,
            FileParameters = command.FileReferences,
            IsPortable = command.IsPortable,
            Shell = settings.Shell,
            Preamble = settings.Preamble,
            Environment = settings.Variables,
            GraceSeconds = settings.GraceSeconds,
        };
    }
}

internal sealed record NodeRunSettings
{
    public required string Command { get; init; }

    public required IEnumerable<IReadOnlyDictionary<string, object?>> Tasks { get; init; }

    public int Elements { get; init; } = 1;

    public string? Shell { get; init; }

    public string Preamble { get; init; } = "";

    public string ResultTemplate { get; init; } = "";

    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public double GraceSeconds { get; init; } = 2;

    public TimeSpan? ElementWalltime { get; init; }

    public TimeSpan? TaskWalltime { get; init; }

    public int AttemptBase { get; init; }

    public IReadOnlyList<TaskIdRange>? TaskIds { get; init; }
}
