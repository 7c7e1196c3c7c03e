using System.Globalization;
using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Local;

/// <summary>The cluster named <c>local</c>: the embedded scheduler of this machine. It is there without any configuration.</summary>
public sealed class LocalCluster : ICluster
{
    private const long ScarceBytes = 1 << 16;

    private readonly LocalFolder _folder;
    private readonly string _binaries;
    private readonly SupervisorProgram _program;
    private readonly SupervisorOptions _machine;

    /// <summary>Creates the client of the embedded scheduler.</summary>
    /// <param name="folder">The folder of the scheduler.</param>
    /// <param name="binaries">The absolute folder for copies of the supervisor's program.</param>
    /// <param name="program">How to start a supervisor.</param>
    /// <param name="machine">What the scheduler may use.</param>
    public LocalCluster(LocalFolder folder, string binaries, SupervisorProgram program, SupervisorOptions machine)
    {
        (_folder, _binaries, _program, _machine) = (folder, binaries, program, machine);
    }

    /// <inheritdoc />
    public string Name => "local";

    /// <inheritdoc />
    public string Scheduler => "local";

    /// <inheritdoc />
    public bool IsThisMachine => true;

    /// <inheritdoc />
    public string DefaultRemotePath(string experimentPath) => experimentPath;

    /// <inheritdoc />
    public RunPlan Plan(long taskCount, PlanRequest request) => LocalPlanner.Plan(Name, taskCount, request, _machine);

    /// <inheritdoc />
    public ResourceRequest Largest(SchedulerOptions options) => new() { MemoryBytes = _machine.MemoryBytes };

    /// <inheritdoc />
    public RunView View(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RunLayout layout = new(record.Run.RemotePath, record.Run.RunId);
        return new RunView(record, layout, new LogTails(layout));
    }

    /// <inheritdoc />
    public async Task<Wire> SubmitAsync(
        RunPackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        RunLayout layout = new(package.Sidecar.RemotePath, package.Sidecar.RunId);
        string jobId = $"local-{package.Tokens[0]}";
        string idFile = Path.Combine(layout.Submit, package.Tokens[0]);
        if (!File.Exists(idFile))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string code = await new SnapshotStore(layout.RemotePath).EnsureAsync(package.Code, package.Sidecar.RunId, cancellationToken);
            steps?.Report("snapshot");
            TaskTable.WriteOnce(
                package.Tasks, layout.Tasks, new TaskTableOptions { Bare = package.ExportsBareNames, FileParameters = package.FileParameters }, cancellationToken);
            steps?.Report("tasks");
            await WriteOrderAsync(layout, package, jobId, code, cancellationToken);
            steps?.Report("order");
            // From here on the run is the scheduler's. The file name is the token, so queueing it again changes nothing.
            _folder.Enqueue(jobId, layout.Root);
            steps?.Report("queued");
            _ = Directory.CreateDirectory(layout.Submit);
            await DurableFile.WriteAsync(idFile, Encoding.UTF8.GetBytes(jobId), CancellationToken.None);
            steps?.Report("identified");
        }
        await accepted(0, jobId);
        // The run is in: whoever stops waiting now must not leave it without someone to run it.
        await EnsureSupervisorAsync(CancellationToken.None);
        return new Wire();
    }

    /// <inheritdoc />
    public async Task<Wire> ResumeAsync(
        ResumePackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(package);
        RunLayout layout = new(package.Sidecar.RemotePath, package.Sidecar.RunId);
        string jobId = $"local-{package.Tokens[0]}";
        string idFile = Path.Combine(layout.Submit, package.Tokens[0]);
        if (!File.Exists(idFile))
        {
            if (!File.Exists(layout.Order))
                throw new HpcException(ErrorCode.PreconditionFailed, $"the run's folder {layout.Root} is gone", "What it held cannot be resumed: submit the tasks as a new run.");
            if (File.Exists(layout.EndedEnvironmentFile)) File.Move(layout.EndedEnvironmentFile, layout.EnvironmentFile, overwrite: true);
            LocalOrder order = LocalResumption.OrderOf(LocalRun.ReadOrder(layout.Root), package, jobId);
            File.Delete(layout.Stopped);
            await DurableFile.WriteAsync(layout.Order, JsonSerializer.SerializeToUtf8Bytes(order, LocalJson.Default.LocalOrder), cancellationToken);
            steps?.Report("order");
            _folder.Enqueue(jobId, layout.Root);
            steps?.Report("queued");
            _ = Directory.CreateDirectory(layout.Submit);
            await DurableFile.WriteAsync(idFile, Encoding.UTF8.GetBytes(jobId), CancellationToken.None);
            steps?.Report("identified");
        }
        // The embedded scheduler runs them all as one.
        for (int i = 0; i < package.Plan.Arrays.Count; i++) await accepted(i, jobId);
        await EnsureSupervisorAsync(CancellationToken.None);
        return new Wire();
    }

    /// <inheritdoc />
    public async Task<Wire> ObserveAsync(IReadOnlyList<RunView> views, ResultSelection? results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(views);
        // The queue before the events: a run that leaves the queue in between has all its events written by then.
        foreach (RunView view in views) view.IsQueued = IsQueued(view.Run);
        if (views.Any(v => v.IsQueued)) await EnsureSupervisorAsync(cancellationToken);
        foreach (RunView view in views)
        {
            _ = view.Events.ReadNew((e, node) => view.Ledger.Apply(e, node));
            view.IsVerified = true;
            view.Reasons = view.WantsReasons ? Waiting(view).ToArray() : null;
            view.Warnings = [.. view.Events.Damage, .. Oddities(view, view.IsQueued)];
        }
        return new Wire();
    }

    /// <inheritdoc />
    public async Task StopAsync(Run run, CancellationToken cancellationToken)
    {
        RunLayout layout = new(run.RemotePath, run.RunId);
        await DurableFile.WriteAsync(layout.Stopped, "stopped on request\n"u8.ToArray(), cancellationToken);
        if (IsQueued(run)) await EnsureSupervisorAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<TaskLog>> ReadLogsAsync(
        Run run, IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken)
    {
        RunLayout layout = new(run.RemotePath, run.RunId);
        return Task.FromResult<IReadOnlyList<TaskLog>>([.. tasks.Select(t => LogReader.Read(layout, t, lines))]);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> FindMissingAsync(Run run, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        string root = new RunLayout(run.RemotePath, run.RunId).Root;
        return Task.FromResult<IReadOnlyList<string>>([.. paths.Where(p => !Path.Exists(Path.Combine(root, p)))]);
    }

    /// <inheritdoc />
    public Task<ReducerResult> ReduceAsync(Run run, ReducerRequest request, CancellationToken cancellationToken) =>
        LocalReducer.RunAsync(new RunLayout(run.RemotePath, run.RunId), request, cancellationToken);

    /// <inheritdoc />
    public Task<ClusterCheckup> CheckAsync(bool withJob, CancellationToken cancellationToken) => LocalPreflight.LookAsync(_folder.Root, TimeProvider.System, cancellationToken);

    /// <inheritdoc />
    public ClusterInfo Describe() => new()
    {
        Name = Name,
        Scheduler = Scheduler,
        HostName = HostIdentity.Name,
        ProcessorCount = _machine.Slots,
        MemoryBytes = _machine.MemoryBytes,
    };

    /// <inheritdoc />
    public Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken)
    {
        RunLayout layout = new(run.RemotePath, run.RunId);
        SnapshotStore snapshots = new(layout.RemotePath);
        (long files, long bytes) = (0, 0);
        EnumerationOptions all = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };
        DirectoryInfo folder = new(layout.Root);
        foreach (FileInfo file in folder.Exists ? folder.EnumerateFiles("*", all) : [])
        {
            cancellationToken.ThrowIfCancellationRequested();
            (files, bytes) = (files + 1, bytes + file.Length);
        }
        IReadOnlyList<string> users = codeDigest is null ? [] : [.. snapshots.RunsOf(codeDigest).Where(id => id != run.RunId)];
        return Task.FromResult(new RunFootprint(layout.Root, files, bytes, codeDigest is null ? null : snapshots.PathOf(codeDigest), users));
    }

    /// <inheritdoc />
    public async Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken)
    {
        RunLayout layout = new(run.RemotePath, Runs.RunId.Require(run.RunId));
        try
        {
            // Links are removed, and what they lead to is not.
            if (Directory.Exists(layout.Root)) Directory.Delete(layout.Root, recursive: true);
        }
        catch (Exception e) when (StorageError.IsStorageError(e))
        {
            throw StorageError.WriteFailed(e, layout.Root);
        }
        if (codeDigest is not null) _ = await new SnapshotStore(layout.RemotePath).ReleaseAsync(codeDigest, run.RunId, cancellationToken);
    }

    /// <summary>Starts a supervisor if there is work and none is running or about to run.</summary>
    /// <param name="cancellationToken">Ends the wait for its start.</param>
    public Task EnsureSupervisorAsync(CancellationToken cancellationToken) =>
        _folder.List().Count == 0 || IsSupervised() || _folder.IsStarting() ? Task.CompletedTask : _program.StartAsync(_binaries, _folder, cancellationToken);

    private bool IsSupervised()
    {
        using FileLock? free = FileLock.TryAcquire(_folder.LockFile, "a look whether a supervisor is at work");
        return free is null;
    }

    // By its folder too: with a damaged journal the id is not known, and the run must be looked after all the same.
    private bool IsQueued(Run run)
    {
        if (run.JobIds.Any(id => File.Exists(Path.Combine(_folder.Queue, id)))) return true;
        string root = new RunLayout(run.RemotePath, run.RunId).Root;
        return _folder.List().Any(entry => entry.RunFolder == root);
    }

    private IEnumerable<PendingReason> Waiting(RunView view)
    {
        long waiting = view.Ledger.Count(TaskState.Pending) + view.Ledger.Count(TaskState.Held);
        if (!view.IsQueued || waiting == 0) yield break;
        yield return new PendingReason
        {
            TaskCount = waiting,
            Explanation = string.Create(
                CultureInfo.InvariantCulture,
                $"they wait for their turn on this machine, which has {_machine.Slots} places for tasks; {view.Ledger.Count(TaskState.Running)} of this run are running"),
            Remedy = "They start by themselves. Fewer processors or less memory for each task, and a higher -MaxConcurrent, let more run at once; a run named by -After comes first.",
            JobIds = view.Run.JobIds,
        };
    }

    private IEnumerable<string> Oddities(RunView view, bool queued)
    {
        foreach (string id in view.Run.JobIds)
        {
            if (!queued && _folder.ReasonOfRefusal(id) is { } reason) yield return $"the embedded scheduler gave the run up: {reason}";
        }
        if (!Directory.Exists(view.Layout.Root))
        {
            if (!queued) yield return $"the run's folder {view.Layout.Root} is gone";
        }
        else if (queued && new DriveInfo(view.Layout.Root).AvailableFreeSpace < ScarceBytes)
        {
            yield return $"the disk of {view.Layout.Root} is full: the run goes on when there is room";
        }
    }

    private Task WriteOrderAsync(
        RunLayout layout, RunPackage package, string jobId, string code, CancellationToken cancellationToken)
    {
        EnvironmentFile.Write(layout.EnvironmentFile, package.Environment);
        LocalOrder order = new()
        {
            RunId = package.Sidecar.RunId,
            RemotePath = layout.RemotePath,
            JobId = jobId,
            IdentitySha = package.Sidecar.IdentitySha ?? "",
            TaskCount = package.Plan.TaskCount,
            WorkingFolder = code,
            Command = package.ShellCommand,
            Shell = ShellChoice.For(package.Shell, package.IsPortable, package.Preamble),
            Preamble = package.Preamble,
            ResultTemplate = package.Sidecar.ResultDirTemplate,
            Cpus = package.Plan.Resources.Cpus,
            MemoryBytes = package.Plan.Resources.MemoryBytes,
            WalltimeSeconds = package.Plan.Resources.Walltime?.TotalSeconds,
            MaxConcurrentCount = package.Plan.MaxConcurrentCount,
            GraceSeconds = package.GraceSeconds,
            MaxLogBytes = _machine.MaxLogBytes,
            AfterRunFolders = package.AfterRunFolders,
        };
        return DurableFile.WriteAsync(layout.Order, JsonSerializer.SerializeToUtf8Bytes(order, LocalJson.Default.LocalOrder), cancellationToken);
    }
}
