using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Clusters;

/// <summary>What a client knows of one run while it watches it: the ledger of its tasks, and how far the events were read.</summary>
public sealed class RunView
{
    /// <summary>Creates the view of a run of which nothing has been seen.</summary>
    /// <param name="record">The run.</param>
    /// <param name="layout">Where this machine can read what is known of it.</param>
    /// <param name="tails">The ends of logs of its failed tasks; null for none.</param>
    public RunView(RunRecord record, RunLayout layout, ITaskTails? tails = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        Tails = tails ?? new NoTails();
        Run = record.Run;
        Arrays = record.Arrays;
        Plan = record.Sidecar?.Plan;
        Sidecar = record.Sidecar;
        SentAt = record.Journal.Submissions.Count > 0 ? record.Journal.Submissions[^1].Intent.At : Run.SubmittedAt;
        Layout = layout;
        Ledger = new TaskLedger(Run.TaskCount) { NothingBefore = Run.SubmittedAt };
        Events = new EventLog(Layout.Events);
        foreach (SchedulerArray later in Arrays?.Where(a => a.Array.TaskIds is not null) ?? [])
            foreach (TaskIdRange range in later.Array.TaskIds!)
                for (long id = range.First; id < range.First + range.Count; id++) Ledger.Await(id, later.Array.AttemptBase);
    }

    /// <summary>The run.</summary>
    public Run Run { get; }

    /// <summary>When the newest of its submissions was begun.</summary>
    public DateTimeOffset SentAt { get; }

    /// <summary>Its arrays that the scheduler has taken, in the order of submission; null if its plan is not known.</summary>
    public IReadOnlyList<SchedulerArray>? Arrays { get; }

    /// <summary>Where its parts lie on this machine: the run itself, or a mirror of what was read from the cluster.</summary>
    public RunLayout Layout { get; }

    /// <summary>The states of its tasks.</summary>
    public TaskLedger Ledger { get; }

    /// <summary>Its events.</summary>
    public EventLog Events { get; }

    /// <summary>The ends of the logs of its tasks that failed, as far as they were read.</summary>
    public ITaskTails Tails { get; }

    /// <summary>True while the scheduler has work of this run.</summary>
    public bool IsQueued { get; set; }

    /// <summary>True if the scheduler could be asked.</summary>
    public bool IsVerified { get; set; }

    /// <summary>True to ask at the next look why tasks wait.</summary>
    public bool WantsReasons { get; set; }

    /// <summary>Why tasks wait, if that was asked; null if it was not, or could not be found out.</summary>
    public IReadOnlyList<PendingReason>? Reasons { get; set; }

    /// <summary>What was odd at the last look.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>True to ask the accounting for what tasks used even where nothing else is left to ask.</summary>
    public bool WantsUsage { get; set; }

    /// <summary>Where its metrics are to be packed, if they are wanted.</summary>
    public CombinePlace Combine { get; set; }

    /// <summary>True to compare at the next look what was packed with the files of which it was made.</summary>
    public bool WantsAudit { get; set; }

    /// <summary>Its packed metrics; null if they are read file by file from the results of the layout.</summary>
    public PackedWaves? Packed { get; set; }

    /// <summary>What was written before it was sent, or null if that is not known.</summary>
    internal Sidecar? Sidecar { get; }

    /// <summary>Its plan, or null if that is not known.</summary>
    internal RunPlan? Plan { get; }

    /// <summary>The tasks whose samples were noted: which attempt, and how much was known of what it used.</summary>
    internal Dictionary<long, (int Attempt, int KnownCount)> Recorded { get; } = [];

    /// <summary>The arrays, by the scheduler's id, of which is known what their tasks used, or that it cannot be known.</summary>
    internal HashSet<string> ArraysWithUsage { get; } = new(StringComparer.Ordinal);
}
