using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Healing;

/// <summary>
/// Sends failed tasks of a run again, exactly once, as <see cref="RunSubmitter"/> sends the run: the intent is on disk before anything is sent, every
/// array has a token, and the same request made again finds the first one and finishes it.
/// </summary>
internal sealed class RunResumer
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly RunStore _store;
    private readonly TimeProvider _clock;
    private readonly IProgress<string>? _steps;

    /// <summary>Creates it.</summary>
    /// <param name="store">The runs of the experiment.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="steps">Told of each step.</param>
    public RunResumer(RunStore store, TimeProvider clock, IProgress<string>? steps)
    {
        (_store, _clock, _steps) = (store, clock, steps);
    }

    /// <summary>What stands in the way of a new resumption: one under the same request id, or one that was interrupted; null if nothing does.</summary>
    /// <param name="record">The run.</param>
    /// <param name="requestId">The caller's id of the request, or null.</param>
    /// <exception cref="HpcException">The run itself was not submitted to its end.</exception>
    public static JournalSubmission? Earlier(RunRecord record, string? requestId)
    {
        IReadOnlyList<JournalSubmission> all = record.Journal.Submissions;
        if (all.Count == 0 || all[0].Stage != SubmissionStage.Submitted)
            throw new HpcException(ErrorCode.PreconditionFailed, $"the run {record.Run.RunId} was not submitted to its end", "Submit it again: what is in is found, and the rest is sent.");
        if (all.Count > 1 && all[^1].Stage != SubmissionStage.Submitted) return all[^1];
        return requestId is null ? null : all.Skip(1).FirstOrDefault(s => s.Intent.RequestId == requestId);
    }

    /// <summary>Sends a plan, or finishes one that was interrupted.</summary>
    /// <param name="cluster">The cluster of the run.</param>
    /// <param name="record">The run as it was looked at.</param>
    /// <param name="plan">What runs again.</param>
    /// <param name="requestId">The caller's id of the request, or null.</param>
    /// <param name="cancellationToken">Cancels between steps, never in the middle of one.</param>
    /// <returns>The plan that was sent, the ids of its arrays, whether it had been sent before, and what it cost.</returns>
    /// <exception cref="HpcException">It cannot be sent, or not now.</exception>
    public async Task<(RunPlan Plan, IReadOnlyList<string> JobIds, bool WasKnown, Wire Wire)> SendAsync(
        ICluster cluster, RunRecord record, RunPlan plan, string? requestId, CancellationToken cancellationToken)
    {
        using FileLock held = await _store.LockForSubmissionAsync(s_patience, cancellationToken);
        string runId = record.Run.RunId;
        RunRecord now = await ReadAsync(runId);
        if (Earlier(now, requestId) is { Stage: SubmissionStage.Submitted } done) return (done.Intent.Plan ?? plan, [.. done.Arrays.Select(a => a.JobId)], true, new Wire());
        // What was half done when the caller looked has been finished by somebody else since.
        if (Unfinished(record) is { } half && now.Journal.Submissions[half] is { Stage: SubmissionStage.Submitted } finished)
            return (finished.Intent.Plan ?? plan, [.. finished.Arrays.Select(a => a.JobId)], true, new Wire());
        if (Earlier(now, requestId) is { } begun) return await FinishAsync(cluster, now, begun.Intent, cancellationToken);
        if (now.Journal.Submissions.Count != record.Journal.Submissions.Count)
            throw new HpcException(ErrorCode.PreconditionFailed, $"the run {runId} was resumed by someone else in the meantime", "Look at it again: what is still failed then can be resumed.");
        IntentEvent intent = new()
        {
            IdentitySha = now.Run.IdentitySha,
            Tokens = [.. plan.Arrays.Select(_ => SidecarOfDraft.NewToken())],
            CmdSha = now.Run.CmdSha,
            Cluster = now.Run.Cluster,
            TaskCount = now.Run.TaskCount,
            Command = now.Run.Command,
            RemotePath = now.Run.RemotePath,
            ResultPath = now.Run.ResultPath,
            RequestId = requestId,
            Plan = plan,
        };
        await _store.Journal(runId).AppendAsync(intent, cancellationToken);
        _steps?.Report("intent");
        return await FinishAsync(cluster, now, intent, cancellationToken);
    }

    private static int? Unfinished(RunRecord record) =>
        record.Journal.Submissions.Count > 1 && record.Journal.Stage != SubmissionStage.Submitted ? record.Journal.Submissions.Count - 1 : null;

    private async Task<(RunPlan Plan, IReadOnlyList<string> JobIds, bool WasKnown, Wire Wire)> FinishAsync(
        ICluster cluster, RunRecord record, IntentEvent intent, CancellationToken cancellationToken)
    {
        RunPlan plan = intent.Plan ?? throw new HpcException(ErrorCode.JournalCorrupt, $"the resumption of {record.Run.RunId} that was interrupted has no plan in the journal", "Resume under another request_id.");
        RunJournal journal = _store.Journal(record.Run.RunId);
        await journal.AppendAsync(new SentEvent(), CancellationToken.None);
        _steps?.Report("sending");
        ResumePackage package = new()
        {
            Sidecar = record.Sidecar ?? throw new HpcException(
                ErrorCode.JournalCorrupt, $"the record of the run {record.Run.RunId} is damaged: {string.Join(" ", record.Warnings)}", "Restore it from version control."),
            ExperimentPath = record.Run.ExperimentPath,
            Plan = plan,
            Tokens = intent.Tokens,
            BegunAt = intent.At == default ? _clock.GetUtcNow() : intent.At,
        };
        List<string> ids = [];
        Wire wire = await cluster.ResumeAsync(package, TakeAsync, _steps, cancellationToken);
        await journal.AppendAsync(new SubmittedEvent(), CancellationToken.None);
        _steps?.Report("submitted");
        return (plan, ids, false, wire);

        async Task TakeAsync(int place, string id)
        {
            ids.Add(id);
            await journal.AppendAsync(new JobIdEvent(plan.Arrays[place].Index, package.Tokens[place], id), CancellationToken.None);
        }
    }

    private async Task<RunRecord> ReadAsync(string runId) => await _store.FindAsync(runId, CancellationToken.None)
        ?? throw new HpcException(ErrorCode.PreconditionFailed, $"the run {runId} is gone", "It was removed in the meantime.");
}
