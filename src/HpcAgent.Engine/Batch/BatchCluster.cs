using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>A batch system: a dialect, and a host on which its commands run.</summary>
public sealed class BatchCluster : ICluster
{
    private static readonly TimeSpan s_limitsAge = TimeSpan.FromDays(1);
    private static readonly TimeSpan[] s_throttlePauses = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45)];

    private readonly SiteConfig _site;
    private readonly IHost _host;
    private readonly IScheduler _scheduler;
    private readonly RunMirror _mirror;
    private readonly SiteLimitsCache _limits;
    private readonly TimeProvider _clock;

    /// <summary>Creates the client of a cluster.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="host">Where its commands run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="state">The user's state folder.</param>
    /// <param name="clock">The clock.</param>
    public BatchCluster(SiteConfig site, IHost host, IScheduler scheduler, StateFolder state, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(site);
        ArgumentNullException.ThrowIfNull(state);
        (_site, _host, _scheduler, _clock) = (site, host, scheduler, clock);
        _mirror = RunMirror.Of(state, site.Name);
        _limits = new SiteLimitsCache(state, clock);
        Budget = new QueryBudget(state, site.Name, site.QueriesPerHour, clock);
    }

    /// <inheritdoc />
    public string Name => _site.Name;

    /// <inheritdoc />
    public string Scheduler => _scheduler.Kind;

    /// <inheritdoc />
    public QueryBudget? Budget { get; }

    /// <inheritdoc />
    public string Preamble
    {
        get
        {
            StringBuilder text = new();
            foreach (string module in _site.Modules) _ = text.Append("module load ").Append(ShellQuote.WhereNeeded(module)).Append(" || exit\n");
            if (_site.CondaSource is { } conda) _ = text.Append(". ").Append(ShellQuote.Always(conda)).Append(" || exit\n");
            if (_site.CondaEnvironments.Count > 0) _ = text.Append("conda activate ").Append(ShellQuote.WhereNeeded(_site.CondaEnvironments[0])).Append(" || exit\n");
            return text.ToString();
        }
    }

    /// <inheritdoc />
    public string DefaultRemotePath(string experimentPath)
    {
        string name = $"{Path.GetFileName(experimentPath)}-{RepositoryIdentity.Compute(experimentPath)[..8]}";
        string plain = new([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')]);
        string home = _limits.Read(_site)?.Limits.Home ?? "~";
        string scratch = Scratch.TrimEnd('/');
        return $"{(scratch == "~" || scratch.StartsWith("~/", StringComparison.Ordinal) ? home + scratch[1..] : scratch)}/{plain}";
    }

    private string Scratch => _site.Scratch ?? "~/hpc-agent";

    /// <inheritdoc />
    public KnownRoom? FindRoom(string remotePath) =>
        _limits.Read(_site) is { } cached && cached.Limits.Room?.Covers(remotePath) == true ? new(cached.Limits.Room, cached.Age) : new(null, TimeSpan.Zero);

    /// <inheritdoc />
    public async Task PrepareAsync(bool isFresh, CancellationToken cancellationToken)
    {
        if (!isFresh && _limits.Read(_site) is { Age: var age } && age < s_limitsAge) return;
        _ = await AskLimitsAsync(cancellationToken);
    }

    /// <summary>Asks the site what it enforces, and remembers it.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcException">The cluster cannot be asked.</exception>
    public async Task<SiteLimits> AskLimitsAsync(CancellationToken cancellationToken)
    {
        HostAnswer answer = await _host.RunAsync(
            new HostScript
            {
                Purpose = $"limits of {Name}",
                Text = RoomScript.Find(Scratch) + RoomScript.Ask + $"hpc_part scratch; printf '%s\\n' \"$hpc_scratch\"\nhpc_part home; printf '%s\\n' \"$HOME\"\nhpc_part missing; for p in {string.Join(' ', _scheduler.Programs)}; do command -v \"$p\" >/dev/null 2>&1 || echo \"$p\"; done\nhpc_part limits\n{_scheduler.LimitsQuery}\nexit 0\n",
            },
            cancellationToken);
        string missing = answer.Text("missing").Replace('\n', ' ');
        if (missing.Length > 0)
            throw SubmissionFailure.Of($"programs: {missing} are not on the PATH of a non-interactive shell", _host.Name, _site);
        SiteLimits limits = _scheduler.ParseLimits(answer.Text("limits")) with
        {
            Home = answer.Text("home"),
            Room = RoomScript.Read(answer, answer.Text("scratch")),
            AskedAt = _clock.GetUtcNow(),
        };
        await _limits.WriteAsync(_site, limits, cancellationToken);
        return limits;
    }

    /// <inheritdoc />
    public RunPlan Plan(long taskCount, PlanRequest request) =>
        BatchPlanner.Plan(_site, SiteLimits.Merge(_site.Limits, _limits.Read(_site)?.Limits), taskCount, request, _clock.GetUtcNow());

    /// <inheritdoc />
    public ResourceRequest Largest(SchedulerOptions options) =>
        BatchPlanner.Largest(_site, SiteLimits.Merge(_site.Limits, _limits.Read(_site)?.Limits), options);

    /// <inheritdoc />
    public RunView View(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RunLayout layout = _mirror.Layout(record.Run.RunId);
        return new RunView(record, layout, new MirroredTails(layout, new RemotePaths(record.Run.RemotePath, record.Run.RunId)));
    }

    /// <inheritdoc />
    public Task<Wire> SubmitAsync(
        RunPackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        BatchSubmission submission = new(_site, _host, _scheduler, package, _mirror.Layout(package.Sidecar.RunId), new CodeOnCluster(_mirror));
        return ThrottledAsync(() => submission.SendAsync(accepted, steps, cancellationToken), steps, cancellationToken);
    }

    private async Task<Wire> ThrottledAsync(Func<Task<Wire>> send, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                return await send();
            }
            catch (HpcException e) when (e.Code == ErrorCode.SchedulerThrottled && attempt < s_throttlePauses.Length)
            {
                steps?.Report($"throttled: trying again in {s_throttlePauses[attempt].TotalSeconds:0} s");
                await Task.Delay(s_throttlePauses[attempt], _clock, cancellationToken);
            }
        }
    }

    /// <inheritdoc />
    public Task<Wire> ResumeAsync(
        ResumePackage package, Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(package);
        return ThrottledAsync(
            () => new BatchResumption(_site, _host, _scheduler, package, _mirror.Layout(package.Sidecar.RunId)).SendAsync(accepted, steps, cancellationToken),
            steps,
            cancellationToken);
    }

    /// <inheritdoc />
    public async Task<Wire> ObserveAsync(IReadOnlyList<RunView> views, ResultSelection? results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(views);
        DateTimeOffset now = _clock.GetUtcNow();
        RunObservation[] runs = [.. views.Select(v => new RunObservation(v, results, _host.Name, _site.FileSystemLag, now, results == ResultSelection.Packed ? PackJob.Of(_site, _scheduler, v) : null))];
        return await new BatchObservation(_host, _scheduler, runs, _clock).LookAsync(cancellationToken);
    }

    /// <inheritdoc />
    public Task<FetchResult> FetchAsync(RunView view, FetchRequest request, CancellationToken cancellationToken) =>
        new BatchFetch(_host, view, request).RunAsync(cancellationToken);

    /// <inheritdoc />
    public async Task StopAsync(Run run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(run);
        RemotePaths paths = new(run.RemotePath, run.RunId);
        // Last to first: to end the first array starts those that wait for it.
        string text = $"hpc_run={ShellQuote.Always(paths.Run)}\n[ ! -d \"$hpc_run\" ] || : >\"$hpc_run/stopped\"\n{_scheduler.RenderCancel([.. run.JobIds.Reverse()])}\n";
        HostAnswer answer = await _host.RunAsync(new HostScript { Purpose = $"stop {run.RunId}", Text = text }, cancellationToken);
        if (answer.ExitCode != 0) throw _scheduler.Explain(answer.ExitCode, answer.Text("") + answer.ErrorText);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<TaskLog>> ReadLogsAsync(
        Run run, IReadOnlyList<RunTaskStatus> tasks, int lines, CancellationToken cancellationToken) =>
        new BatchLogs(_host, run).ReadAsync(tasks, lines, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<string>> FindMissingAsync(Run run, IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        new BatchFiles(_host, run).FindMissingAsync(paths, cancellationToken);

    /// <inheritdoc />
    public Task<ReducerResult> ReduceAsync(Run run, ReducerRequest request, CancellationToken cancellationToken) =>
        new BatchReducer(_host).RunAsync(run, request, cancellationToken);

    /// <inheritdoc />
    public Task<ClusterCheckup> CheckAsync(bool withJob, CancellationToken cancellationToken) =>
        new BatchPreflight(_site, _host, _scheduler, _limits, _clock).LookAsync(withJob ? Preamble : null, cancellationToken);

    /// <inheritdoc />
    public ClusterInfo Describe()
    {
        CachedLimits? known = _limits.Read(_site);
        return new()
        {
            Name = Name,
            Scheduler = Scheduler,
            HostName = _host.Name,
            Origin = _site.Origin,
            Partitions = [.. (known?.Limits.Partitions ?? []).Select(p => p.Name)],
            MaxArrayIndex = known?.Limits.MaxArrayIndex,
            LimitsAge = known?.Age,
            FreeBytes = known?.Limits.Room?.FreeBytes,
            FreeFileCount = known?.Limits.Room?.FreeFileCount,
        };
    }

    /// <inheritdoc />
    public Task<RunFootprint> MeasureAsync(Run run, string? codeDigest, CancellationToken cancellationToken) =>
        new BatchRemoval(_host, _mirror).MeasureAsync(run, codeDigest, cancellationToken);

    /// <inheritdoc />
    public Task RemoveAsync(Run run, string? codeDigest, CancellationToken cancellationToken) =>
        new BatchRemoval(_host, _mirror).RemoveAsync(run, codeDigest, cancellationToken);
}
