using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Monitoring;

namespace HpcAgent.Engine.Batch;

/// <summary>The part of one run in a look at its cluster: what is asked about it, and what becomes of the answer.</summary>
internal sealed class RunObservation
{
    private readonly RunView _view;
    private readonly ResultSelection? _results;
    private readonly string _hostName;
    private readonly TimeSpan _lag;
    private readonly DateTimeOffset _now;
    private readonly UsageMirror? _usage;
    private readonly PromotedResults _promoted;
    private readonly WaveExchange? _waves;
    private readonly List<string> _warnings = [];
    private IReadOnlyList<string> _wantedTails = [];
    private bool _isOver;
    private bool _needsTasks;

    /// <summary>Creates it.</summary>
    /// <param name="view">The run.</param>
    /// <param name="results">The results wanted.</param>
    /// <param name="hostName">Where it is looked, for messages.</param>
    /// <param name="lag">How long the file system may lag behind the accounting.</param>
    /// <param name="now">The time.</param>
    /// <param name="packing">The job that packs its metrics where those are too many for a login node, or null.</param>
    public RunObservation(RunView view, ResultSelection? results, string hostName, TimeSpan lag, DateTimeOffset now, PackJob? packing = null)
    {
        (_view, _results, _hostName, _lag, _now) = (view, results, hostName, lag, now);
        _promoted = new PromotedResults(view, now);
        _usage = view.Arrays is { } arrays ? new UsageMirror(view, arrays, now) : null;
        _waves = results == ResultSelection.Packed ? new WaveExchange(view, packing, hostName) : null;
    }

    private MirroredTails? Tails => _view.Tails as MirroredTails;

    /// <summary>The run.</summary>
    public string RunId => _view.Run.RunId;

    /// <summary>Its folder in the mirror.</summary>
    public string MirrorPath => _view.Layout.Root;

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset SubmittedAt => _view.Run.SubmittedAt;

    /// <summary>True if it is wanted why tasks wait.</summary>
    public bool WantsReasons => _view.WantsReasons;

    /// <summary>True if results are wanted.</summary>
    public bool WantsResults => _results is not null;

    /// <summary>Its arrays with tasks that have not ended as far as is known; known after <see cref="NeedsLook"/>.</summary>
    public IReadOnlyList<string> OpenJobIds { get; private set; } = [];

    /// <summary>Its arrays that have ended and of which is not known what they used; known after <see cref="NeedsLook"/>.</summary>
    public IReadOnlyList<string> UsageJobIds { get; private set; } = [];

    /// <summary>
    /// True if the look before missed elements in the queue whose tasks have not ended: a node died under them, or someone ended the dispatcher. Known
    /// after <see cref="NeedsLook"/>.
    /// </summary>
    public bool HasMissing { get; private set; }

    /// <summary>True if all else is known, and only what the tasks used is asked; known after <see cref="NeedsLook"/>.</summary>
    public bool IsOnlyForUsage { get; private set; }

    /// <summary>Takes in that the cluster could not be asked what tasks used: their completion stands without it.</summary>
    public void TakeUnreachable(HpcException error) =>
        (_view.IsQueued, _view.IsVerified, _view.Warnings) = (false, true, [.. _view.Events.Damage, $"what tasks used could not be asked: {error.Message}"]);

    /// <summary>Folds what was read before, and says whether the cluster could tell more.</summary>
    public bool NeedsLook()
    {
        _view.Reasons = _view.WantsReasons ? [] : null;
        // What was read before stands in the mirror; the first look of a process folds it.
        _view.Ledger.ForgetAssumptions();
        _ = _view.Events.ReadNew((e, node) => _view.Ledger.Apply(e, node));
        _view.Ledger.ClockOffset = ClusterClock.Read(_view.Layout);
        _promoted.Load();
        _usage?.Load();
        _isOver = _view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount;
        _needsTasks = WantsResults && !Directory.Exists(_view.Layout.Tasks);
        HasMissing = !_isOver && File.Exists(MissingMark);
        if (!_isOver) OpenJobIds = _view.Arrays is { } arrays ? [.. arrays.Where(a => IsOpen(new ArrayTasks(a.Array))).Select(a => a.JobId)] : _view.Run.JobIds;
        UsageJobIds = _usage?.Unknown() ?? [];
        IsOnlyForUsage = _view.WantsUsage && UsageJobIds.Count > 0 && _isOver && !_needsTasks && _results is null;
        if (!_isOver || _needsTasks || IsOnlyForUsage || (_results is { } wanted && !HasAll(wanted))) return true;
        // Completion is never taken back: nothing on the cluster can say more.
        (_view.IsQueued, _view.IsVerified, _view.Warnings) = (false, true, _view.Events.Damage);
        return false;
    }

    /// <summary>Adds the questions about this run to a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="mostTails">How many ends of logs may come along.</param>
    public void AppendQuestions(StringBuilder script, int mostTails)
    {
        _wantedTails = [.. (Tails?.Wanted ?? []).Take(mostTails)];
        ObservationScript.AppendRun(
            script, new RemotePaths(_view.Run.RemotePath, _view.Run.RunId), RunMirror.Offsets(_view.Layout), _results, _needsTasks, _wantedTails, mostTails);
        _promoted.AppendQuestion(script);
        _waves?.AppendQuestions(script);
    }

    /// <summary>Takes in how far the cluster's clock is ahead of this machine's.</summary>
    public void TakeClock(TimeSpan ahead)
    {
        _view.Ledger.ClockOffset = ahead;
        ClusterClock.Write(_view.Layout, ahead);
    }

    /// <summary>Takes the answer in.</summary>
    /// <param name="answer">The parts of this run.</param>
    /// <param name="said">What the scheduler said.</param>
    /// <param name="archives">Archives that came along.</param>
    /// <param name="cancellationToken">Ends the unpacking.</param>
    public async Task TakeAsync(HostAnswer answer, SchedulerAnswer said, ArchiveFolder archives, CancellationToken cancellationToken)
    {
        SchedulerEvidence? evidence = _view.Arrays is { } arrays ? new SchedulerEvidence(_view, arrays, _now) : null;
        // Before what is new is known: the queue was asked after all that was read before, and before what comes now.
        if (said.Queue is { } queue) evidence?.NotePutBack(queue);
        TakeEvents(answer);
        _promoted.Take(answer);
        TakeScheduler(answer, said, evidence);
        if (said.Queue is not null) _promoted.NoteWanted();
        Tails?.Take(TailAnswer.Read(answer, _wantedTails), _view.Ledger);
        _usage?.Take(said.Accounting, said.WasAccountingAsked ? UsageJobIds : []);
        await TakeFilesAsync(answer, archives, cancellationToken);
        _view.Warnings = [.. _view.Events.Damage, .. _warnings];
    }

    private bool IsOpen(ArrayTasks tasks)
    {
        for (long at = 0; at < tasks.Array.TaskCount; at++)
            if (!_view.Ledger.IsSettledFor(tasks[at], tasks.Array.AttemptBase) || _view.Ledger[tasks[at]].MayRunAgain()) return true;
        return false;
    }

    private void TakeEvents(HostAnswer answer)
    {
        for (int i = 0; i + 1 < answer.Parts.Count; i++)
        {
            if (answer.Parts[i].Name != "file" || answer.Parts[i + 1].Name != "delta") continue;
            string[] words = Encoding.UTF8.GetString(answer.Parts[i].Content.Span).Trim().Split(' ', 2);
            if (words.Length == 2 && RunMirror.IsEventFile(words[1]) && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset))
                RunMirror.Append(_view.Layout, words[1], offset, answer.Parts[i + 1].Content.Span);
        }
        _ = _view.Events.ReadNew((e, node) => _view.Ledger.Apply(e, node));
    }

    private void TakeScheduler(HostAnswer answer, SchedulerAnswer said, SchedulerEvidence? evidence)
    {
        bool isGone = answer.Find("gone") is not null;
        if (answer.Find("stopped") is not null) _view.Ledger.NoteStopped();
        if (isGone) _warnings.Add($"the run's folder on {_hostName} is gone: deleted, or purged by the site");
        if (OpenJobIds.Count == 0 || !said.WasAsked)
        {
            (_view.IsQueued, _view.IsVerified) = (false, !isGone || _isOver);
            return;
        }
        _warnings.AddRange(said.Warnings);
        if (said.Queue is not { } queue)
        {
            _view.Reasons = null;
            (_view.IsQueued, _view.IsVerified) = (false, _view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount);
            return;
        }
        _view.IsQueued = evidence?.ApplyQueue(queue) ?? queue.Any(e => _view.Run.JobIds.Contains(e.JobId, StringComparer.Ordinal));
        _view.IsVerified = !isGone;
        NoteMissing(evidence?.HasMissing == true);
        if (said.Accounting is { } records) evidence?.ApplyAccounting(records, (id, array) => _now - RunMirror.EndSeenAt(_view.Layout, array.Index, _now) < _lag || !_promoted.WasAsked(id));
        if (_view.Ledger.IsStopped && !_view.IsQueued) evidence?.ApplyStopped();
        if (_view.WantsReasons && _view.Arrays is { } known) _view.Reasons = PendingSurvey.Of(_view, known, said);
    }

    private string MissingMark => Path.Combine(_view.Layout.Root, "has-missing");

    // Kept on disk: the next look may be another process.
    private void NoteMissing(bool isMissing)
    {
        if (!isMissing)
        {
            if (File.Exists(MissingMark)) File.Delete(MissingMark);
            return;
        }
        _ = Directory.CreateDirectory(_view.Layout.Root);
        File.WriteAllBytes(MissingMark, []);
    }

    private async Task TakeFilesAsync(HostAnswer answer, ArchiveFolder archives, CancellationToken cancellationToken)
    {
        await UnpackAsync(answer, archives, "tasks", _view.Layout.Tasks, cancellationToken);
        if (_waves is not null)
        {
            bool isComplete = _view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount;
            await _waves.TakeAsync(answer, archives, isComplete && _view.Ledger.LastEndAt is { } end && _now - end > _lag, cancellationToken);
            return;
        }
        if (answer.Find("nothing") is not null) LostResults.Require(_view, $"{new RemotePaths(_view.Run.RemotePath, _view.Run.RunId).Results} on {_hostName}");
        if (_results is not { } wanted || answer.Find("results") is null) return;
        await UnpackAsync(answer, archives, "results", _view.Layout.Results, cancellationToken);
        if (_view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount)
            await File.WriteAllBytesAsync(Marker(wanted), [], cancellationToken);
    }

    private async Task UnpackAsync(HostAnswer answer, ArchiveFolder archives, string part, string folder, CancellationToken cancellationToken)
    {
        if (answer.Find(part) is null) return;
        using Stream archive = archives.Read(part);
        if (Status(answer, $"{part}-status") != 0 && archive.Length == 0)
            throw new HpcException(ErrorCode.OutputsMissing, $"the {part} of {_view.Run.RunId} on {_hostName} cannot be read: {answer.ErrorText.Trim()}", "Look whether the run's folder is there and can be read.");
        try
        {
            await RemoteTar.ReadAsync(archive, folder, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"the {part} of {_view.Run.RunId} arrived damaged: {e.Message}", "Try again.", e);
        }
    }

    private bool HasAll(ResultSelection results) => results switch
    {
        ResultSelection.Files => !_view.WantsAudit && File.Exists(Marker(ResultSelection.Files)),
        ResultSelection.Metrics => HasAll(ResultSelection.Files) || File.Exists(Marker(ResultSelection.Metrics)),
        _ => _waves!.TryLoadAll(),
    };

    private string Marker(ResultSelection results) => Path.Combine(_view.Layout.Root, results == ResultSelection.Metrics ? "has-metrics" : "has-files");

    private static int Status(HostAnswer answer, string part) =>
        int.TryParse(answer.Text(part), NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : -1;
}
