using System.Text.RegularExpressions;
using HpcAgent.Engine.Storage;

namespace HpcAgent.Engine.Runs;

/// <summary>The runs of one repository, from the sidecars in the user's folder and the journals in the state folder. No network.</summary>
public sealed partial class RunStore
{
    private readonly StateFolder state;
    private readonly TimeProvider clock;

    /// <summary>Names the store; nothing is created.</summary>
    /// <param name="state">The user's state.</param>
    /// <param name="experimentPath">The user's folder, absolute.</param>
    /// <param name="clock">Tells the time.</param>
    public RunStore(StateFolder state, string experimentPath, TimeProvider clock)
        : this(state, (state ?? throw new ArgumentNullException(nameof(state))).Repository(experimentPath), clock)
    {
    }

    private RunStore(StateFolder state, RepositoryFolder repository, TimeProvider clock)
    {
        this.state = state;
        this.clock = clock;
        Repository = repository;
        Layout = new(repository.ExperimentPath);
    }

    /// <summary>The repository's state.</summary>
    public RepositoryFolder Repository { get; }

    /// <summary>Where things lie in the user's folder.</summary>
    public ExperimentLayout Layout { get; }

    /// <summary>The journal of a run.</summary>
    /// <param name="runId">The run.</param>
    public RunJournal Journal(string runId) => new(Repository, runId, clock);

    /// <summary>Waits for its turn to submit.</summary>
    /// <param name="timeout">How long to wait for another submission.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.ConfigInvalid"/>: the state folder cannot be written.</exception>
    public async Task<FileLock> LockForSubmissionAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        await state.EnsureWritableAsync(cancellationToken).ConfigureAwait(false);
        return await Repository.LockForSubmissionAsync(timeout, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Records a new submission up to the point where it may be sent: sidecar, then intent, both on disk on return. The caller holds
    /// <see cref="RepositoryFolder.LockForSubmissionAsync"/> and has asked <see cref="FindByIdentityAsync"/>.
    /// </summary>
    /// <param name="sidecar">The record of the run.</param>
    /// <param name="intent">What is about to be sent.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    public async Task BeginAsync(Sidecar sidecar, IntentEvent intent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sidecar);
        await state.EnsureWritableAsync(cancellationToken).ConfigureAwait(false);
        await Repository.EnsureAsync(clock, cancellationToken).ConfigureAwait(false);
        await Layout.EnsureIgnoreFileAsync(cancellationToken).ConfigureAwait(false);
        await SidecarFile.CreateAsync(Layout, sidecar, cancellationToken).ConfigureAwait(false);
        await Journal(sidecar.RunId).AppendAsync(intent, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Completes a record that a harness of the original wrote, up to the point where the intent may be noted. The caller holds
    /// <see cref="RepositoryFolder.LockForSubmissionAsync"/>; nobody else may rewrite a record.
    /// </summary>
    /// <param name="sidecar">The completed record.</param>
    /// <param name="cancellationToken">Looked at before each step.</param>
    internal async Task CompleteAsync(Sidecar sidecar, CancellationToken cancellationToken)
    {
        await state.EnsureWritableAsync(cancellationToken).ConfigureAwait(false);
        await Repository.EnsureAsync(clock, cancellationToken).ConfigureAwait(false);
        await DurableFile.WriteAsync(Layout.SidecarPath(sidecar.RunId), SidecarFile.ToBytes(sidecar), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All runs, newest first. A damaged record is a warning and hides no other run.</summary>
    /// <param name="includeRemoved">True to list also runs whose files were removed.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<RunListing> ListAsync(bool includeRemoved = false, CancellationToken cancellationToken = default)
    {
        var records = new List<RunRecord>();
        foreach (var runId in Names())
        {
            var record = await RunRecordBuilder.ReadAsync(Repository, runId, clock, cancellationToken).ConfigureAwait(false);
            if (includeRemoved || record.Journal.RemovedAt is null)
                records.Add(record);
        }

        return Listing(records);
    }

    /// <summary>One run.</summary>
    /// <param name="runId">Its id.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The run, or null if neither sidecar nor journal exists.</returns>
    public async Task<RunRecord?> FindAsync(string runId, CancellationToken cancellationToken = default) =>
        File.Exists(Layout.SidecarPath(runId)) || File.Exists(Journal(runId).FilePath)
            ? await RunRecordBuilder.ReadAsync(Repository, runId, clock, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>
    /// The run that stands in the way of a new one of the same identity, if any. A failed, abandoned or removed run does not.
    /// </summary>
    /// <param name="identitySha">The full identity.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.JournalCorrupt"/>: the records of a run are so damaged that its identity cannot be
    /// told; to go on could submit it twice.</exception>
    public async Task<PriorRun?> FindByIdentityAsync(string identitySha, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(identitySha);
        var listing = await ListAsync(includeRemoved: false, cancellationToken).ConfigureAwait(false);
        PriorRun? best = null;
        foreach (var record in listing.Runs)
        {
            RefuseUnknownIdentity(record);
            if (string.Equals(record.Run.IdentitySha, identitySha, StringComparison.Ordinal)
                && Classify(record) is { } kind && (best is null || kind < best.Kind))
                best = new(kind, record);
        }

        return best;
    }

    /// <summary>The newest run with the same parameters, as <c>find-prior-run</c> tells it.</summary>
    /// <param name="cmdSha">The parameter identity, 8 to 64 hexadecimal digits.</param>
    /// <param name="exceptCampaignId">A campaign whose runs are passed over, or null.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: not such an identity.</exception>
    public async Task<PriorRunReport> FindByCmdShaAsync(string cmdSha, string? exceptCampaignId = null, CancellationToken cancellationToken = default)
    {
        if (cmdSha is null || !CmdShaPattern().IsMatch(cmdSha))
            throw new HpcException(ErrorCode.SpecInvalid, $"'{cmdSha}' is not a cmd_sha.", "Give 8 to 64 lower-case hexadecimal digits.");
        var listing = await ListAsync(includeRemoved: false, cancellationToken).ConfigureAwait(false);
        var found = listing.Runs.FirstOrDefault(record => string.Equals(record.Run.CmdSha, cmdSha, StringComparison.Ordinal)
            && (exceptCampaignId is null || !string.Equals(record.Run.CampaignId, exceptCampaignId, StringComparison.Ordinal)));
        return found is null ? new() : Report(found);
    }

    /// <summary>The runs of all repositories that wait or run as far as the journals know, newest first.</summary>
    /// <param name="state">The user's state.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<RunListing> ListInFlightAsync(StateFolder state, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        RunListing all = await ListEverywhereAsync(state, clock, cancellationToken).ConfigureAwait(false);
        return Listing([.. all.Runs.Where(record => record.Journal.IsLive)]);
    }

    /// <summary>The runs of all repositories, newest first, without those whose files were removed.</summary>
    /// <param name="state">The user's state.</param>
    /// <param name="clock">Tells the time.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static async Task<RunListing> ListEverywhereAsync(StateFolder state, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        var records = new List<RunRecord>();
        foreach (var repository in RepositoryFolder.EnumerateAll(state))
        {
            foreach (var runId in Names(repository.JournalFolderPath, ".jsonl"))
            {
                var record = await RunRecordBuilder.ReadAsync(repository, runId, clock, cancellationToken).ConfigureAwait(false);
                if (record.Journal.RemovedAt is null)
                    records.Add(record);
            }
        }

        return Listing(records);
    }

    /// <summary>The user's folders from which a run of that name was submitted, as far as the journals know.</summary>
    /// <param name="state">The user's state.</param>
    /// <param name="runId">A valid run id.</param>
    public static IReadOnlyList<string> ExperimentsOf(StateFolder state, string runId)
    {
        ArgumentNullException.ThrowIfNull(state);
        string file = Runs.RunId.Require(runId) + ".jsonl";
        return [.. RepositoryFolder.EnumerateAll(state).Where(r => File.Exists(Path.Join(r.JournalFolderPath, file))).Select(r => r.ExperimentPath)];
    }

    private static PriorRunKind? Classify(RunRecord record) => record.Journal switch
    {
        { Submissions.Count: 0, Lifecycle: LifecycleState.InFlight or LifecycleState.UnableToVerify } => PriorRunKind.Unrecorded,
        { IsResumable: true } => PriorRunKind.HalfMade,
        { IsLive: true } => PriorRunKind.Live,
        { Lifecycle: LifecycleState.Complete } => PriorRunKind.Complete,
        _ => null,
    };

    private static void RefuseUnknownIdentity(RunRecord record)
    {
        if (record.Sidecar is null && record.Run.IdentitySha.Length == 0 && record.Warnings.Count > 0)
            throw new HpcException(
                ErrorCode.JournalCorrupt,
                $"The records of the run '{record.Run.RunId}' are damaged, and it may be the one that is to be submitted: {record.Warnings[^1]}",
                "Restore the sidecar from version control or from the run's folder on the cluster; or move sidecar and journal of that run aside.");
    }

    private PriorRunReport Report(RunRecord record) => new()
    {
        Found = true,
        PriorRunId = record.Run.RunId,
        IsOrphan = record.Run.JobIds.Count == 0,
        Status = record.Journal.EventCount == 0 ? null : record.Journal.Lifecycle,
        AgeSeconds = Math.Max(0, (long)(clock.GetUtcNow() - record.Run.SubmittedAt).TotalSeconds),
        Profile = record.Sidecar?.Profile ?? record.Journal.Intent?.Profile,
        Cluster = record.Run.Cluster,
        JobIds = record.Run.JobIds,
        CampaignId = record.Run.CampaignId,
        SubmittedAt = record.Run.SubmittedAt,
    };

    private static RunListing Listing(List<RunRecord> records)
    {
        records.Sort(static (left, right) => right.Run.SubmittedAt.CompareTo(left.Run.SubmittedAt) is var order and not 0
            ? order
            : string.CompareOrdinal(right.Run.RunId, left.Run.RunId));
        return new(records, [.. records.SelectMany(record => record.Warnings)]);
    }

    private IEnumerable<string> Names() =>
        Names(Layout.RunsPath, ".json").Union(Names(Repository.JournalFolderPath, ".jsonl"), StringComparer.Ordinal);

    private static IEnumerable<string> Names(string folder, string extension)
    {
        if (!Directory.Exists(folder))
            return [];
        return Directory.EnumerateFiles(folder)
            .Select(path => Path.GetFileName(path))
            .Where(name => name.EndsWith(extension, StringComparison.Ordinal))
            .Select(name => name[..^extension.Length])
            .Where(RunId.IsValid);
    }

    [GeneratedRegex(@"\A[0-9a-f]{8,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CmdShaPattern();
}
