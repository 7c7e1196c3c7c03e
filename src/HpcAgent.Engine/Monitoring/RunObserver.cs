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
    /// <returns>The states in the same order; the first one carries what the look cost.</returns>
    public static async Task<IReadOnlyList<RunStatus>> ObserveAsync(
        ICluster cluster, IReadOnlyList<(RunView View, RunJournal Journal)> runs, ResultSelection? results, TimeProvider clock, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        ArgumentNullException.ThrowIfNull(runs);
        ArgumentNullException.ThrowIfNull(clock);
        Wire wire = await cluster.ObserveAsync([.. runs.Select(r => r.View)], results, cancellationToken);
        List<RunStatus> statuses = [];
        foreach ((RunView view, RunJournal journal) in runs)
        {
            RunStatus status = Status(view, clock.GetUtcNow()) with { Wire = statuses.Count == 0 ? wire : new Wire() };
            bool news = await journal.ObserveAsync(new ObservedEvent(status.State, status.Counts), cancellationToken);
            if (news && status.State is LifecycleState.Complete or LifecycleState.Failed or LifecycleState.Abandoned)
                await journal.AppendAsync(new EndedEvent(status.State), cancellationToken);
            string? warning = await RuntimeRecorder.RecordAsync(view, journal.Repository, cancellationToken);
            statuses.Add(warning is null ? status : status with { Warnings = [.. status.Warnings, warning] });
        }
        return statuses;
    }

    private static RunStatus Status(RunView view, DateTimeOffset now)
    {
        TaskLedger ledger = view.Ledger;
        TaskCounts counts = ledger.ToCounts();
        LifecycleState state = Lifecycle(view, counts);
        bool ended = state != LifecycleState.InFlight;
        double? rate = Rate(ledger, counts, ended ? ledger.LastEndAt ?? now : now);
        long left = counts.PendingCount + counts.RunningCount + counts.HeldCount;
        return new RunStatus
        {
            RunId = view.Run.RunId,
            Cluster = view.Run.Cluster,
            ExperimentPath = view.Run.ExperimentPath,
            State = state,
            Counts = counts,
            StartedAt = ledger.FirstStartAt,
            EndedAt = ended ? ledger.LastEndAt : null,
            TasksPerSecond = rate,
            Remaining = !ended && rate > 0 ? TimeSpan.FromSeconds(left / rate.Value) : null,
            NewestFailures = [.. ledger.NewestFailures(ShownFailures).Select(id => ledger.ToStatus(view.Run.RunId, id, now))],
            Warnings = view.Warnings,
            NextCheckAfter = NextCheck(state, rate, left),
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

    // Soon at the end, seldom in between: a tenth of the time that is left, between a second and five minutes.
    private static TimeSpan NextCheck(LifecycleState state, double? rate, long left) => state switch
    {
        LifecycleState.InFlight when rate > 0 => TimeSpan.FromSeconds(Math.Clamp(left / rate.Value / 10, 1, 300)),
        LifecycleState.InFlight => TimeSpan.FromSeconds(2),
        LifecycleState.UnableToVerify => TimeSpan.FromSeconds(60),
        _ => TimeSpan.Zero,
    };
}
