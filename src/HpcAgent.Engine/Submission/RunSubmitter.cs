using HpcAgent.Engine.Batch;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Submission;

/// <summary>
/// Submits a run exactly once (design, section 7): the record and the intent are on disk before anything is sent, every array carries a
/// token by which the scheduler's side knows it again, and the same request made again finds the first one and finishes it.
/// </summary>
public sealed class RunSubmitter
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly RunStore _store;
    private readonly TimeProvider _clock;
    private readonly IProgress<string>? _steps;

    /// <summary>Creates a submitter for the runs of one experiment.</summary>
    /// <param name="store">The runs.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="steps">Told of each step as it is done.</param>
    public RunSubmitter(RunStore store, TimeProvider clock, IProgress<string>? steps = null)
    {
        (_store, _clock, _steps) = (store, clock, steps);
    }

    /// <summary>Submits a draft, or returns the run that is already there.</summary>
    /// <param name="draft">The draft.</param>
    /// <param name="cancellationToken">Cancels between steps, never in the middle of one.</param>
    /// <exception cref="HpcException">It cannot be submitted, or not now.</exception>
    public async Task<(Run Run, Wire Wire)> SubmitAsync(RunDraft draft, CancellationToken cancellationToken)
    {
        using FileLock held = await _store.LockForSubmissionAsync(s_patience, cancellationToken);
        (IReadOnlyList<string>, IReadOnlyList<string>) after = await AfterAsync(draft.Spec, cancellationToken);
        (RunRecord? existing, Wire look) = await FindExistingAsync(draft, cancellationToken);
        if (existing?.Journal.FirstStage == SubmissionStage.Submitted) return (existing.Run with { Deduplicated = true }, look);
        Sidecar sidecar = existing is null
            ? await BeginAsync(draft, cancellationToken)
            : await TakeUpAsync(draft, existing, cancellationToken);
        Wire wire = await SendAsync(draft, sidecar, after, cancellationToken);
        RunRecord record = await _store.FindAsync(sidecar.RunId, CancellationToken.None)
            ?? throw new HpcException(ErrorCode.Internal, $"the run {sidecar.RunId} was submitted and its record is gone");
        return (record.Run, wire);
    }

    private async Task<(RunRecord? Record, Wire Look)> FindExistingAsync(RunDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Spec.RunId is { } wanted && await _store.FindAsync(wanted, cancellationToken) is { } named)
        {
            if (!IsFromElsewhere(named) && named.Run.IdentitySha != draft.IdentitySha) throw IsAnother(wanted);
            (named, Wire cost) = await RefreshAsync(draft, named, cancellationToken);
            return IsOver(named) ? throw HasFailed(named) : (named, cost);
        }
        if ((await _store.FindByIdentityAsync(draft.IdentitySha, cancellationToken))?.Record is not { } found) return (null, new Wire());
        (found, Wire wire) = await RefreshAsync(draft, found, cancellationToken);
        if (!IsOver(found)) return (found, wire);
        // What has failed does not stand in the way; behind it there may be another one.
        return ((await _store.FindByIdentityAsync(draft.IdentitySha, cancellationToken))?.Record, wire);
    }

    // The journal knows what was seen when someone last looked: a run that it holds for live may have failed since.
    private async Task<(RunRecord Record, Wire Wire)> RefreshAsync(RunDraft draft, RunRecord record, CancellationToken cancellationToken)
    {
        if (record.Journal is not { IsLive: true, FirstStage: SubmissionStage.Submitted }) return (record, new Wire());
        IReadOnlyList<RunStatus> look = await RunObserver.ObserveAsync(
            draft.Spec.Cluster, [(draft.Spec.Cluster.View(record), _store.Journal(record.Run.RunId))], null, _clock, cancellationToken);
        return (await _store.FindAsync(record.Run.RunId, cancellationToken) ?? record, look[0].Wire);
    }

    private static bool IsOver(RunRecord record) =>
        record.Journal is { EventCount: > 0, Lifecycle: LifecycleState.Failed or LifecycleState.Abandoned };

    // A harness of the original writes the record of a run before it asks for the submission.
    private static bool IsFromElsewhere(RunRecord record) =>
        record.Sidecar is { IdentitySha: null, JobIds.Count: 0 } && record.Journal.EventCount == 0;

    private async Task<Sidecar> BeginAsync(RunDraft draft, CancellationToken cancellationToken)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        string runId = draft.Spec.RunId is { } chosen ? RunId.Require(chosen) : await NewRunIdAsync(draft.Spec.Name, now, draft.IdentitySha, cancellationToken);
        Sidecar sidecar = SidecarOfDraft.Create(draft, runId, now);
        await _store.BeginAsync(sidecar, Intent(draft, sidecar), cancellationToken);
        _steps?.Report("intent");
        return sidecar;
    }

    /// <summary>Goes on with a submission that was begun: by us and then interrupted, or by a harness that wrote the record.</summary>
    private async Task<Sidecar> TakeUpAsync(RunDraft draft, RunRecord existing, CancellationToken cancellationToken)
    {
        Sidecar sidecar = existing.Sidecar ?? throw new HpcException(
            ErrorCode.JournalCorrupt,
            $"the submission of the run {existing.Run.RunId} was not finished, and its record is damaged: {string.Join(" ", existing.Warnings)}",
            "Restore the record from version control, or move it and the journal of that run aside and submit again.");
        if (sidecar.IdentitySha is null)
        {
            if (sidecar.CmdSha.Length > 0 && sidecar.CmdSha != draft.Tasks.CmdSha) throw IsAnother(sidecar.RunId);
            sidecar = SidecarOfDraft.Complete(sidecar, draft, _clock.GetUtcNow());
            await _store.CompleteAsync(sidecar, cancellationToken);
        }
        if (existing.Journal.Stage == SubmissionStage.None)
        {
            await _store.Journal(sidecar.RunId).AppendAsync(Intent(draft, sidecar), cancellationToken);
            _steps?.Report("intent");
        }
        return sidecar;
    }

    private async Task<Wire> SendAsync(RunDraft draft, Sidecar sidecar, (IReadOnlyList<string> Folders, IReadOnlyList<string> JobIds) after, CancellationToken cancellationToken)
    {
        RunSpec spec = draft.Spec;
        Dictionary<string, string> environment = new(spec.ProcessEnvironment, StringComparer.Ordinal);
        foreach ((string name, string value) in spec.Environment) environment[name] = value;
        RunPackage package = new()
        {
            Sidecar = sidecar,
            ExperimentPath = spec.ExperimentPath,
            Plan = sidecar.Plan ?? draft.Plan,
            Tokens = sidecar.Tokens ?? throw new HpcException(ErrorCode.JournalCorrupt, $"the record of the run {sidecar.RunId} has no tokens"),
            Tasks = spec.Tasks,
            Code = draft.Code,
            ShellCommand = draft.Command.ShellText,
            Shell = spec.Shell,
            IsPortable = draft.Command.IsPortable,
            ExportsBareNames = spec.CommandKind == CommandKind.Executor,
            FileParameters = draft.Command.FileReferences,
            Preamble = spec.Preamble,
            Environment = environment,
            GraceSeconds = spec.GraceSeconds,
            AfterRunFolders = after.Folders,
            AfterJobIds = after.JobIds,
            Options = spec.Plan.Options,
        };
        RunJournal journal = _store.Journal(sidecar.RunId);
        await journal.AppendAsync(new SentEvent(), CancellationToken.None);
        _steps?.Report("sending");
        Wire wire = await spec.Cluster.SubmitAsync(
            package,
            (array, id) => journal.AppendAsync(new JobIdEvent(array, package.Tokens[array], id), CancellationToken.None),
            _steps,
            cancellationToken);
        await journal.AppendAsync(new SubmittedEvent(), CancellationToken.None);
        _steps?.Report("submitted");
        return wire;
    }

    private async Task<(IReadOnlyList<string> Folders, IReadOnlyList<string> JobIds)> AfterAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        List<string> folders = [];
        List<string> jobs = [];
        foreach (string runId in spec.After)
        {
            RunRecord before = await _store.FindAsync(RunId.Require(runId), cancellationToken)
                ?? throw new HpcException(ErrorCode.SpecInvalid, $"the run '{runId}' that this one is to wait for does not exist", "Correct 'after'.");
            if (before.Journal.FirstStage != SubmissionStage.Submitted)
                throw new HpcException(
                    ErrorCode.PreconditionFailed, $"the run '{runId}' that this one is to wait for was not submitted to its end", "Submit that one again first.");
            if (before.Run.Cluster != spec.Cluster.Name)
                throw new HpcException(
                    ErrorCode.SpecInvalid, $"the run '{runId}' that this one is to wait for is on the cluster {before.Run.Cluster}, not on {spec.Cluster.Name}", "Wait for it before you submit.");
            folders.Add(new RunLayout(before.Run.RemotePath, runId).Root);
            jobs.AddRange(before.Run.JobIds);
        }
        return (folders, jobs);
    }

    private async Task<string> NewRunIdAsync(string name, DateTimeOffset now, string identity, CancellationToken cancellationToken)
    {
        // Two runs of one identity within a second: the first failed at once and was sent again.
        for (DateTimeOffset time = now; ; time = time.AddSeconds(1))
        {
            string id = RunId.Create(name, time, identity);
            if (await _store.FindAsync(id, cancellationToken) is null) return id;
        }
    }

    private static IntentEvent Intent(RunDraft draft, Sidecar sidecar) => new()
    {
        IdentitySha = draft.IdentitySha,
        Tokens = sidecar.Tokens ?? [],
        CmdSha = sidecar.CmdSha,
        Cluster = sidecar.Cluster,
        Profile = sidecar.Profile,
        TaskCount = sidecar.TaskCount,
        Command = sidecar.Command ?? "",
        RemotePath = sidecar.RemotePath,
        ResultPath = draft.Spec.Cluster.IsThisMachine ? new RunLayout(sidecar.RemotePath, sidecar.RunId).Results : new RemotePaths(sidecar.RemotePath, sidecar.RunId).Results,
        CampaignId = sidecar.CampaignId,
        RequestId = sidecar.RequestId,
        Plan = sidecar.Plan,
    };

    private static HpcException IsAnother(string runId) => new(
        ErrorCode.SpecInvalid,
        $"the run '{runId}' exists and is another one: its parameters, code, command or environment differ",
        "Choose another run_id, or leave it out.");

    private static HpcException HasFailed(RunRecord record) => new(
        ErrorCode.PreconditionFailed,
        $"the run '{record.Run.RunId}' is {(record.Journal.Lifecycle == LifecycleState.Failed ? "failed" : "abandoned")}; a run cannot be submitted a second time under its name",
        "Choose another run_id, or leave it out.");
}
