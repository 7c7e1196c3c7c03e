using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Monitoring;

/// <summary>Turns what was seen of a run into its status.</summary>
public static class RunObserver
{
    private const int ShownFailures = 5;

    /// <summary>Looks at a run and says where it stands.</summary>
    /// <param name="cluster">The cluster of the run.</param>
    /// <param name="view">What is known so far; it is brought up to date.</param>
    /// <param name="results">The results wanted on this machine, or null for none.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<RunStatus> ObserveAsync(
        ICluster cluster, RunView view, ResultSelection? results, TimeProvider clock, CancellationToken cancellationToken)
    {
        Wire wire = await cluster.ObserveAsync(view, results, cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
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
            Wire = wire,
        };
    }

    /// <summary>Looks at a run and notes in its journal what is new.</summary>
    /// <param name="cluster">The cluster of the run.</param>
    /// <param name="view">What is known so far; it is brought up to date.</param>
    /// <param name="results">The results wanted on this machine, or null for none.</param>
    /// <param name="journal">The journal of the run.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public static async Task<RunStatus> ObserveAsync(
        ICluster cluster, RunView view, ResultSelection? results, RunJournal journal, TimeProvider clock, CancellationToken cancellationToken)
    {
        RunStatus status = await ObserveAsync(cluster, view, results, clock, cancellationToken);
        bool news = await journal.ObserveAsync(new ObservedEvent(status.State, status.Counts), cancellationToken);
        if (news && status.State is LifecycleState.Complete or LifecycleState.Failed or LifecycleState.Abandoned)
            await journal.AppendAsync(new EndedEvent(status.State), cancellationToken);
        return status;
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
