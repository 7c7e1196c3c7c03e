using System.Security.Cryptography;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations.Status;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Canary;

/// <summary>Waits for a canary, gathers what is known of it, and has it judged.</summary>
internal sealed class CanaryExamination
{
    private const int TailLines = 50;
    private static readonly TimeSpan s_accountingLag = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(4);

    private readonly OperationContext _context;
    private readonly string _runId;
    private readonly IReadOnlyList<string> _expected;

    /// <param name="context">Where and for whom.</param>
    /// <param name="runId">The canary's run.</param>
    /// <param name="expected">Files that it must leave, absolute on the cluster or relative to its result folder.</param>
    public CanaryExamination(OperationContext context, string runId, IReadOnlyList<string> expected) =>
        (_context, _runId, _expected) = (context, runId, expected);

    /// <summary>Waits until the canary has ended or the time is up, and judges it. It needs nobody to wait for it.</summary>
    /// <param name="budget">How long to wait.</param>
    /// <param name="pollSeconds">Seconds between two looks; null adapts.</param>
    /// <param name="cancellationToken">Ends the wait; the canary goes on.</param>
    /// <exception cref="HpcException">There is no such run, it has several tasks, or the cluster cannot be asked.</exception>
    public async Task<CanaryVerdict> WaitAsync(TimeSpan budget, double? pollSeconds, CancellationToken cancellationToken)
    {
        RunRecord asked = await RunLookup.FindAsync(_context, _runId, cancellationToken);
        if (asked.Run.TaskCount != 1)
            throw new HpcException(
                ErrorCode.SpecInvalid, $"the run {_runId} is no canary: it has {asked.Run.TaskCount} tasks", "Name the run of the canary, or ask for the status of this one.");
        MonitorResult end = await new MonitorOperation().ExecuteAsync(
            new MonitorRequest { RunId = _runId, WallClockBudgetSeconds = budget.TotalSeconds, PollIntervalSeconds = pollSeconds }, _context, cancellationToken);
        return await JudgeAsync(end.State, cancellationToken);
    }

    private async Task<CanaryVerdict> JudgeAsync(LifecycleState state, CancellationToken cancellationToken)
    {
        (RunRecord record, RunView view, RunStatus status) = await RunLookup.LookAsync(
            _context, _runId, cancellationToken, state == LifecycleState.Complete ? ResultSelection.Metrics : null);
        await AwaitMemoryAsync(record, view, cancellationToken);
        RunTaskStatus task = view.Ledger.ToStatus(_runId, 0, status.ObservedAt) with { Cluster = record.Run.Cluster, ExperimentPath = record.Run.ExperimentPath };
        ICluster cluster = _context.Cluster(record.Run.Cluster);
        IReadOnlyList<TaskLog> logs = task.Attempt == 0 ? [] : await cluster.ReadLogsAsync(record.Run, [task], TailLines, cancellationToken);
        TaskLog? log = logs.Count == 0 ? null : logs[0];
        bool isComplete = task.State == TaskState.Complete;
        string folder = isComplete ? ResultFolderOf(record, view) : "";
        byte[]? metrics = isComplete ? await ReadMetricsAsync(Path.Combine(view.Layout.Results, folder, "metrics.json"), cancellationToken) : null;
        IReadOnlyList<string> missing = isComplete && _expected.Count > 0 ? await MissingAsync(cluster, record.Run, folder, cancellationToken) : [];
        (CanaryFailureKind kind, string details, IReadOnlyList<string> warnings) = CanaryJudge.Judge(new CanaryEvidence
        {
            Task = task,
            State = state,
            Log = log?.Content ?? "",
            HasMetrics = metrics is not null,
            MissingOutputs = missing,
        });
        return new CanaryVerdict
        {
            RunId = _runId,
            Cluster = record.Run.Cluster,
            ExperimentPath = record.Run.ExperimentPath,
            Kind = kind,
            Details = details,
            State = state,
            Task = task,
            LogPath = log?.Path ?? "",
            LogTail = log?.Content ?? "",
            MetricsFingerprint = metrics is null ? null : Convert.ToHexString(SHA256.HashData(metrics)).ToLowerInvariant(),
            Warnings = [.. status.Warnings, .. warnings],
        };
    }

    // Accounting knows of a task a moment after its end. Where looking asks nobody any more, nobody can say more.
    private async Task AwaitMemoryAsync(RunRecord record, RunView view, CancellationToken cancellationToken)
    {
        for (TimeSpan waited = TimeSpan.Zero; waited < s_accountingLag; waited += s_pause)
        {
            bool isKnown = view.Ledger.ToStatus(_runId, 0, _context.Clock.GetUtcNow()).PeakMemoryBytes is not null;
            if (isKnown || view.Ledger[0] != TaskState.Complete) return;
            if (waited > TimeSpan.Zero) await Task.Delay(s_pause, _context.Clock, cancellationToken);
            RunStatus status = await RunLookup.LookAgainAsync(_context, record, view, cancellationToken);
            if (status.Wire.ExecutionCount == 0) return;
        }
    }

    private static string ResultFolderOf(RunRecord record, RunView view)
    {
        ResultFolder folder = ResultFolder.Parse(record.Sidecar?.ResultDirTemplate, record.Run.RunId);
        if (folder.IsDefault) return RunLayout.DefaultResultFolder(0);
        using TaskTable table = TaskTable.Open(view.Layout.Tasks);
        return folder.Format(table.Read(0));
    }

    private static async Task<byte[]?> ReadMetricsAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<string>> MissingAsync(ICluster cluster, Run run, string folder, CancellationToken cancellationToken)
    {
        Dictionary<string, string> names = new(StringComparer.Ordinal);
        foreach (string path in _expected) names[path.StartsWith('/') || Path.IsPathRooted(path) ? path : $"results/{folder}/{path}"] = path;
        IReadOnlyList<string> missing = await cluster.FindMissingAsync(run, [.. names.Keys], cancellationToken);
        return [.. missing.Select(path => names[path])];
    }
}
