using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Failures;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Operations.Failures;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Operations.Resume;

/// <summary>
/// Sends failed tasks of a run again that nobody asks for, as its policy says: through the same resumer as a person's request, under an id that follows from
/// how often the run was sent before. So two who watch it, or one who repeats himself, make one resumption.
/// </summary>
internal static class AutoRetry
{
    private const string Prefix = "auto-";

    /// <summary>The policy that a run is watched with; null if there is none.</summary>
    /// <param name="wish">That of the watcher, which stands above the run's, or null.</param>
    /// <param name="record">The run.</param>
    /// <exception cref="HpcException">The record holds one that cannot be used.</exception>
    public static RetryPolicy? PolicyOf(RetryPolicy? wish, RunRecord record) => (wish ?? RetryPolicyReader.TryRead(record.Sidecar?.AutoRetry)) is { IsOff: false } policy ? policy.Unattended() : null;

    /// <summary>The resumptions of a run that nobody asked for, in their order.</summary>
    /// <param name="record">The run.</param>
    public static IReadOnlyList<AutoRetryRound> RoundsOf(RunRecord record) =>
    [
        .. record.Journal.Submissions.Skip(1).Where(s => IsAuto(s.Intent.RequestId) && s.Intent.Plan is not null).Select((s, i) => new AutoRetryRound(i + 1, s.Intent.RequestId!, s.Intent.At)
        {
            Resumption = ResumeOperation.Of(record, s.Intent.Plan!) with { JobIds = [.. s.Arrays.Select(a => a.JobId).Distinct(StringComparer.Ordinal)] },
        }),
    ];

    /// <summary>Resumes a run that has ended with failures, as far as its policy goes.</summary>
    /// <param name="context">Where and for whom.</param>
    /// <param name="record">The run as it was looked at.</param>
    /// <param name="view">What was seen of it.</param>
    /// <param name="status">Where it stands.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="cancellationToken">Ends it between steps.</param>
    /// <returns>What was sent, without ids of jobs if nothing was, and what was left; null if the run goes on by itself.</returns>
    /// <exception cref="HpcException">It cannot be resumed, or not now.</exception>
    public static async Task<RunResumption?> ResumeAsync(
        OperationContext context, RunRecord record, RunView view, RunStatus status, RetryPolicy policy, CancellationToken cancellationToken)
    {
        ICluster cluster = context.Cluster(record.Run.Cluster);
        JournalSubmission? begun = RunResumer.Earlier(record, null);
        RunResumption resumption;
        if (begun?.Intent.Plan is { } plan)
        {
            resumption = ResumeOperation.Of(record, plan);
        }
        else
        {
            if (Refusal(record) is { } refusal) throw refusal;
            await cluster.PrepareAsync(isFresh: false, cancellationToken);
            DiagnosedRun run = await DiagnosedRun.CompleteAsync(context, record, view, status, FailureRuleSet.Load(context.ExperimentPath), cancellationToken);
            if (run.Status.State != LifecycleState.Failed) return null;
            resumption = new RetryPlanner(cluster, record, view, policy, new RetryOverrides()).Plan(run.Groups()) with { Wire = run.Status.Wire };
            if (resumption.Plan is null) return resumption;
        }
        string requestId = begun is null ? NextId(record) : begun.Intent.RequestId ?? NextId(record);
        (RunPlan sent, IReadOnlyList<string> ids, bool known, Wire wire) = await new RunResumer(RunLookup.Store(context), context.Clock, context.Steps)
            .SendAsync(cluster, record, resumption.Plan!, requestId, cancellationToken);
        RunResumption done = ReferenceEquals(sent, resumption.Plan) ? resumption : ResumeOperation.Of(record, sent);
        done = done with { JobIds = ids, Deduplicated = known, Wire = resumption.Wire.Plus(wire) };
        if (!known) await RunLookup.Store(context).Journal(record.Run.RunId).AppendAsync(new NoteEvent($"auto_retry: {Words(done)}"), CancellationToken.None);
        return done;
    }

    /// <summary>What runs again, in words, such as <c>3 tasks again: 2 x Walltime: time limit 1h -> 2h: 2 times what they had</c>.</summary>
    /// <param name="resumption">The resumption.</param>
    public static string Words(RunResumption resumption) => string.Create(
        CultureInfo.InvariantCulture,
        $"{resumption.ResumedCount} {(resumption.ResumedCount == 1 ? "task" : "tasks")} again: {string.Join("; ", resumption.Groups)}");

    private static bool IsAuto(string? requestId) => requestId?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    private static string NextId(RunRecord record) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{record.Journal.Submissions.Count}");

    // Preempted tasks use up no retry: without this a run could be sent again for ever.
    private static HpcException? Refusal(RunRecord record) => record.Journal.Submissions.Count(s => IsAuto(s.Intent.RequestId)) < RetryPolicy.MostRounds ? null : new HpcException(
        ErrorCode.PreconditionFailed,
        string.Create(CultureInfo.InvariantCulture, $"the run {record.Run.RunId} was resumed by itself {RetryPolicy.MostRounds} times already"),
        "Look into the cause; Resume-HpcRun or resubmit goes on.");
}

/// <summary>A resumption that nobody asked for.</summary>
/// <param name="Number">Which of the run's, from 1.</param>
/// <param name="RequestId">The id under which it was made.</param>
/// <param name="At">When it was begun.</param>
public sealed record AutoRetryRound(int Number, string RequestId, DateTimeOffset At)
{
    /// <summary>What was sent again.</summary>
    public required RunResumption Resumption { get; init; }
}
