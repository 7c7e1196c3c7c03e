using System.Security.Cryptography;
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
        using FileLock held = await _store.Repository.LockForSubmissionAsync(s_patience, cancellationToken);
        RunRecord? existing = await FindExistingAsync(draft, cancellationToken);
        Sidecar sidecar;
        if (existing is null)
        {
            sidecar = await BeginAsync(draft, cancellationToken);
        }
        else if (existing.Journal.Stage == SubmissionStage.Submitted || existing.Sidecar is null)
        {
            return (existing.Run with { Deduplicated = true }, new Wire());
        }
        else
        {
            sidecar = existing.Sidecar;
            if (existing.Journal.Stage == SubmissionStage.None)
                await _store.Journal(sidecar.RunId).AppendAsync(Intent(draft, sidecar), cancellationToken);
        }
        Wire wire = await SendAsync(draft, sidecar, cancellationToken);
        RunRecord record = await _store.FindAsync(sidecar.RunId, CancellationToken.None)
            ?? throw new HpcException(ErrorCode.Internal, $"the run {sidecar.RunId} was submitted and its record is gone");
        return (record.Run, wire);
    }

    private async Task<RunRecord?> FindExistingAsync(RunDraft draft, CancellationToken cancellationToken)
    {
        if (draft.Spec.RunId is { } wanted && await _store.FindAsync(wanted, cancellationToken) is { } named)
        {
            if (named.Run.IdentitySha == draft.IdentitySha) return named;
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"the run '{wanted}' exists and is another one: its parameters, code, command or environment differ",
                "Choose another run_id, or leave it out.");
        }
        return (await _store.FindByIdentityAsync(draft.IdentitySha, cancellationToken))?.Record;
    }

    private async Task<Sidecar> BeginAsync(RunDraft draft, CancellationToken cancellationToken)
    {
        RunSpec spec = draft.Spec;
        DateTimeOffset now = _clock.GetUtcNow();
        Sidecar sidecar = new()
        {
            RunId = spec.RunId is { } chosen ? RunId.Require(chosen) : await NewRunIdAsync(spec.Name, now, draft.IdentitySha, cancellationToken),
            CmdSha = draft.Tasks.CmdSha,
            AgentVersion = typeof(RunSubmitter).Assembly.GetName().Version?.ToString(3) ?? "",
            SubmittedAt = now,
            Executor = draft.Command.ShellText,
            ResultDirTemplate = spec.ResultTemplate ?? "",
            TaskCount = draft.Tasks.Count,
            WaveMap = draft.Plan.Arrays.GroupBy(a => a.Wave).ToDictionary(
                g => g.Key, g => (IReadOnlyList<TaskIdRange>)[.. g.Select(a => new TaskIdRange(a.FirstTaskId, a.TaskCount))]),
            Cluster = spec.Cluster.Name,
            Profile = spec.Profile,
            Project = Path.GetFileName(spec.ExperimentPath),
            RemotePath = draft.RemotePath,
            CampaignId = spec.CampaignId,
            IdentitySha = draft.IdentitySha,
            CodeDigest = draft.Code.Digest,
            Snapshot = $".hpc/snapshots/{draft.Code.Digest}",
            Command = spec.CommandKind == CommandKind.Argv ? string.Join(' ', spec.Arguments) : spec.Command,
            Arguments = spec.CommandKind == CommandKind.Argv ? spec.Arguments : null,
            CommandKind = spec.CommandKind,
            Shell = spec.Shell,
            Plan = draft.Plan,
            Tokens = [.. draft.Plan.Arrays.Select(_ => NewToken())],
            RequestId = spec.RequestId,
        };
        await _store.BeginAsync(sidecar, Intent(draft, sidecar), cancellationToken);
        _steps?.Report("intent");
        return sidecar;
    }

    private async Task<Wire> SendAsync(RunDraft draft, Sidecar sidecar, CancellationToken cancellationToken)
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
            AfterRunFolders = await AfterFoldersAsync(spec, cancellationToken),
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

    private async Task<IReadOnlyList<string>> AfterFoldersAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        List<string> folders = [];
        foreach (string runId in spec.After)
        {
            RunRecord before = await _store.FindAsync(RunId.Require(runId), cancellationToken)
                ?? throw new HpcException(ErrorCode.SpecInvalid, $"the run '{runId}' that this one is to wait for does not exist", "Correct 'after'.");
            folders.Add(new RunLayout(before.Run.RemotePath, runId).Root);
        }
        return folders;
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
        ResultPath = new RunLayout(sidecar.RemotePath, sidecar.RunId).Results,
        CampaignId = sidecar.CampaignId,
        RequestId = sidecar.RequestId,
        Plan = sidecar.Plan,
    };

    private static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant();
}
