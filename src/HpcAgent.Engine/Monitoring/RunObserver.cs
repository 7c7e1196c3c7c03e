using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Monitoring;

/// <summary>Turns what was seen of a run into its status.</summary>
public static class RunObserver
{
    private const int ShownFailures = 5;

    /// <summary>Looks at runs of one cluster, in one execution, says where each stands, and notes in the journals what is new.</summary>
    /// <param name="cluster">Their cluster.</param>
    /// <param name="runs">What is known so far of each, which is brought up to date, and its journal.</param>
    /// <param name="results">The results wanted on this machine, or null for none.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    /// <param name="paidQueries">How many questions were taken out of the cluster's budget for this look already.</param>
    /// <returns>The states in the same order; the first one carries what the look cost.</returns>
    public static async Task<IReadOnlyList<RunStatus>> ObserveAsync(
        ICluster cluster, IReadOnlyList<(RunView View, RunJournal Journal)> runs, ResultSelection? results, TimeProvider clock, CancellationToken cancellationToken,
        int paidQueries = 0)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(clock);
        Wire wire = await cluster.ObserveAsync([.. runs.Select(r => r.View)], results, cancellationToken);
        if (cluster.Budget is { } budget) await budget.ChargeAsync(wire.SchedulerQueryCount - paidQueries, cancellationToken);
        List<RunStatus> statuses = [];
        foreach ((RunView view, RunJournal journal) in runs)
        {
            RunStatus status = Status(view, cluster.IsThisMachine, clock.GetUtcNow()) with { Wire = statuses.Count == 0 ? wire : new Wire() };
            bool news = await journal.ObserveAsync(new ObservedEvent(status.State, status.Counts), cancellationToken);
            if (news && status.State is LifecycleState.Complete or LifecycleState.Failed or LifecycleState.Abandoned)
                await journal.AppendAsync(new EndedEvent(status.State), cancellationToken);
            string? warning = await RuntimeRecorder.RecordAsync(view, journal.Repository, cancellationToken);
            statuses.Add(warning is null ? status : status with { Warnings = [.. status.Warnings, warning] });
        }
        return statuses;
    }

    private static RunStatus Status(RunView view, bool isHere, DateTimeOffset now)
    {
        TaskLedger ledger = view.Ledger;
        TaskCounts counts = ledger.ToCounts();
        LifecycleState state = Lifecycle(view, counts);
        bool ended = state != LifecycleState.InFlight;
        FinishEstimator.Forecast? forecast = ended ? null : FinishEstimator.Estimate(ledger, now);
        return new RunStatus
        {
            RunId = view.Run.RunId,
            Cluster = view.Run.Cluster,
            ExperimentPath = view.Run.ExperimentPath,
            State = state,
            Counts = counts,
            StartedAt = ledger.FirstStartAt,
            EndedAt = ended ? ledger.LastEndAt : null,
            TasksPerSecond = Rate(ledger, counts, ended ? ledger.LastEndAt ?? now : now),
            Remaining = forecast?.Middle,
            Finish = forecast?.At(now),
            // Arrays: PowerShell cannot index what the compiler makes of [..] for an interface.
            NewestFailures = ledger.NewestFailures(ShownFailures).Select(id => ledger.ToStatus(view.Run.RunId, id, now)).ToArray(),
            Pending = view.WantsReasons ? view.Reasons : null,
            Warnings = view.Warnings,
            NextCheckAfter = NextCheck(state, view, forecast, isHere, now),
            ObservedAt = now,
        };
    }

    /// <summary>Where the run as a whole stands, from the states of its tasks and the scheduler's queue.</summary>
    /// <param name="view">What was seen.</param>
    /// <param name="counts">How many tasks are in which state.</param>
    public static LifecycleState Lifecycle(RunView view, TaskCounts counts)
    {
        if (!view.IsVerified) return LifecycleState.UnableToVerify;
        if (counts.CompleteCount == counts.TotalCount) return LifecycleState.Complete;
        // While the scheduler has work of the run nothing about it is final: a lost task is started again.
        if (view.IsQueued) return LifecycleState.InFlight;
        if (view.Ledger.IsStopped) return LifecycleState.Abandoned;
        // Neither in the queue nor at an end: the evidence does not say what became of the rest, so nothing is concluded from it.
        if (counts.PendingCount + counts.RunningCount + counts.HeldCount + counts.UnknownCount > 0) return LifecycleState.UnableToVerify;
        return LifecycleState.Failed;
    }

    private static double? Rate(TaskLedger ledger, TaskCounts counts, DateTimeOffset until)
    {
        long ended = counts.CompleteCount + counts.UnsuccessfulCount;
        if (ledger.FirstStartAt is not { } start || ended == 0) return null;
        double seconds = (until - start).TotalSeconds;
        return seconds > 0 ? ended / seconds : null;
    }

    private static TimeSpan NextCheck(LifecycleState state, RunView view, FinishEstimator.Forecast? forecast, bool isHere, DateTimeOffset now)
    {
        if (state == LifecycleState.UnableToVerify) return TimeSpan.FromMinutes(1);
        if (state != LifecycleState.InFlight) return TimeSpan.Zero;
        if (isHere) return LookPace.Here(forecast?.Middle);
        DateTimeOffset[] news = [view.SentAt, view.Ledger.FirstStartAt ?? default, view.Ledger.LastEndAt ?? default];
        return LookPace.OnCluster(now - view.SentAt, now - news.Max(), forecast is null ? null : (forecast.Earliest, forecast.Latest));
    }
}
