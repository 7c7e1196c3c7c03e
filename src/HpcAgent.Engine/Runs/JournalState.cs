namespace HpcAgent.Engine.Runs;

/// <summary>How far a submission got.</summary>
public enum SubmissionStage
{
    /// <summary>Nothing is written about one.</summary>
    None,

    /// <summary>The intent is written; whether anything was sent is not known.</summary>
    Intended,

    /// <summary>The script was sent; not all ids are known.</summary>
    Sent,

    /// <summary>All arrays are in.</summary>
    Submitted,
}

/// <summary>One array that the scheduler took.</summary>
/// <param name="ArrayIndex">Its index in the plan of its submission.</param>
/// <param name="Token">Its token.</param>
/// <param name="JobId">The scheduler's id.</param>
public sealed record SubmittedArray(int ArrayIndex, string Token, string JobId);

/// <summary>One submission of a run. The first sends all tasks, later ones those that failed.</summary>
public sealed record JournalSubmission
{
    /// <summary>What was intended.</summary>
    public required IntentEvent Intent { get; init; }

    /// <summary>How far it got.</summary>
    public SubmissionStage Stage { get; init; } = SubmissionStage.Intended;

    /// <summary>The arrays that got in, by their index.</summary>
    public IReadOnlyList<SubmittedArray> Arrays { get; init; } = [];

    /// <summary>When all arrays were in.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }
}

/// <summary>What the journal of a run says, all events taken together.</summary>
public sealed record JournalState
{
    /// <summary>The run.</summary>
    public required string RunId { get; init; }

    /// <summary>The submissions in their order.</summary>
    public IReadOnlyList<JournalSubmission> Submissions { get; init; } = [];

    /// <summary>How far the first submission got, which is that of the run; later ones are resumptions.</summary>
    public SubmissionStage FirstStage => Submissions.Count == 0 ? SubmissionStage.None : Submissions[0].Stage;

    /// <summary>How far the last submission got.</summary>
    public SubmissionStage Stage => Submissions.Count == 0 ? SubmissionStage.None : Submissions[^1].Stage;

    /// <summary>True if the last submission was begun and neither finished nor given up.</summary>
    public bool IsResumable => IsLive && Stage is (SubmissionStage.Intended or SubmissionStage.Sent);

    /// <summary>Where the run stands. In flight until something else is known.</summary>
    public LifecycleState Lifecycle { get; init; }

    /// <summary>What the last question brought, which may be that the cluster could not be asked.</summary>
    public LifecycleState? LastObserved { get; init; }

    /// <summary>The last known states of the tasks.</summary>
    public TaskCounts? Counts { get; init; }

    /// <summary>When the cluster was last asked.</summary>
    public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>When the run ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Why it ended, if that was said.</summary>
    public string? EndReason { get; init; }

    /// <summary>When a person asked for it to be stopped.</summary>
    public DateTimeOffset? StopRequestedAt { get; init; }

    /// <summary>When its files were removed.</summary>
    public DateTimeOffset? RemovedAt { get; init; }

    /// <summary>Remarks.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>What is odd about the journal: damaged, missing and unknown lines.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How many events were read.</summary>
    public long EventCount { get; init; }

    /// <summary>The highest number of an event.</summary>
    public long LastSequence { get; init; }

    /// <summary>The first intent, which describes the run.</summary>
    public IntentEvent? Intent => Submissions.Count == 0 ? null : Submissions[0].Intent;

    /// <summary>The scheduler's ids of all submissions, in the order of their arrays.</summary>
    public IEnumerable<string> JobIds => Submissions.SelectMany(submission => submission.Arrays).Select(array => array.JobId);

    /// <summary>True if tasks wait or run, as far as is known.</summary>
    public bool IsLive => RemovedAt is null && Submissions.Count > 0
        && Lifecycle is (LifecycleState.InFlight or LifecycleState.Timeout or LifecycleState.UnableToVerify);
}
