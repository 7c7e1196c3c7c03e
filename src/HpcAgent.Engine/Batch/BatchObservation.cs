using System.Globalization;
using System.Text;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Monitoring;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>One look at a run on a cluster: one execution, whatever is asked.</summary>
internal sealed class BatchObservation
{
    private readonly SiteConfig _site;
    private readonly IHost _host;
    private readonly IScheduler _scheduler;
    private readonly RunView _view;
    private readonly RunPlan? _plan;
    private readonly DateTimeOffset _now;
    private readonly List<string> _warnings = [];

    /// <summary>Creates it.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="host">Where its commands run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="view">The run.</param>
    /// <param name="plan">Its plan, or null if that is not known.</param>
    /// <param name="now">The time.</param>
    public BatchObservation(SiteConfig site, IHost host, IScheduler scheduler, RunView view, RunPlan? plan, DateTimeOffset now)
    {
        (_site, _host, _scheduler, _view, _plan, _now) = (site, host, scheduler, view, plan, now);
    }

    /// <summary>Looks.</summary>
    /// <param name="results">The results wanted.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task<Wire> LookAsync(ResultSelection? results, CancellationToken cancellationToken)
    {
        // What was read before stands in the mirror; the first look of a process folds it.
        _view.Ledger.ForgetAssumptions();
        _ = _view.Events.ReadNew((e, node) => _view.Ledger.Apply(e, node));
        bool isOver = _view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount;
        bool needsTasks = results is not null && !Directory.Exists(_view.Layout.Tasks);
        if (isOver && !needsTasks && (results is null || HasAll(results.Value)))
        {
            // Completion is never taken back: nothing on the cluster can say more.
            (_view.IsQueued, _view.IsVerified, _view.Warnings) = (false, true, _view.Events.Damage);
            return new Wire();
        }
        using ArchiveFolder archives = new(_view.Layout.Root);
        HostAnswer answer = await _host.RunAsync(
            new HostScript
            {
                Receive = archives.Open,
                Purpose = results is null ? $"status of {_view.Run.RunId}" : $"results of {_view.Run.RunId}",
                Text = ObservationScript.Render(
                    new RemotePaths(_view.Run.RemotePath, _view.Run.RunId),
                    _scheduler,
                    isOver ? [] : OpenJobIds(),
                    _view.Run.SubmittedAt,
                    RunMirror.Offsets(_view.Layout),
                    results,
                    needsTasks),
                Deadline = results is null ? TimeSpan.FromMinutes(3) : TimeSpan.FromMinutes(30),
            },
            cancellationToken);
        TakeEvents(answer);
        TakeScheduler(answer, isOver);
        await TakeFilesAsync(answer, archives, results, cancellationToken);
        _view.Warnings = [.. _view.Events.Damage, .. _warnings];
        return answer.Wire with { SchedulerQueryCount = (answer.Find("queue") is null ? 0 : 1) + (answer.Find("accounting") is null ? 0 : 1) };
    }

    private IReadOnlyList<string> OpenJobIds() =>
        _plan is null
            ? _view.Run.JobIds
            : [.. _view.Run.JobIds.Zip(_plan.Arrays).Where(p => IsOpen(p.Second)).Select(p => p.First)];

    private bool IsOpen(PlanArray array)
    {
        for (long id = array.FirstTaskId; id < array.FirstTaskId + array.TaskCount; id++)
            if (!_view.Ledger[id].IsFinal()) return true;
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

    private void TakeScheduler(HostAnswer answer, bool isOver)
    {
        bool isGone = answer.Find("gone") is not null;
        if (answer.Find("stopped") is not null) _view.Ledger.NoteStopped();
        if (isGone) _warnings.Add($"the run's folder on {_host.Name} is gone: deleted, or purged by the site");
        if (isOver || answer.Find("queue") is not { } queue)
        {
            (_view.IsQueued, _view.IsVerified) = (false, !isGone || isOver);
            return;
        }
        IReadOnlyList<QueueEntry> entries;
        try
        {
            entries = _scheduler.ParseQueue(Encoding.UTF8.GetString(queue.Span));
        }
        catch (HpcException e)
        {
            // A source that does not answer lowers certainty and changes no state.
            _warnings.Add(e.Message);
            (_view.IsQueued, _view.IsVerified) = (false, _view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount);
            return;
        }
        SchedulerEvidence? evidence = _plan is null ? null : new SchedulerEvidence(_view, _plan, _now);
        _view.IsQueued = evidence?.ApplyQueue(entries) ?? entries.Any(e => _view.Run.JobIds.Contains(e.JobId, StringComparer.Ordinal));
        _view.IsVerified = !isGone;
        if (answer.Find("accounting") is { } accounting) TakeAccounting(evidence, accounting);
        if (_view.Ledger.IsStopped && !_view.IsQueued) evidence?.ApplyStopped();
    }

    private void TakeAccounting(SchedulerEvidence? evidence, ReadOnlyMemory<byte> accounting)
    {
        try
        {
            evidence?.ApplyAccounting(_scheduler.ParseAccounting(accounting), _site.FileSystemLag, a => RunMirror.EndSeenAt(_view.Layout, a.Index, _now));
        }
        catch (HpcException e)
        {
            _warnings.Add(e.Message);
        }
    }

    private async Task TakeFilesAsync(HostAnswer answer, ArchiveFolder archives, ResultSelection? results, CancellationToken cancellationToken)
    {
        await UnpackAsync(answer, archives, "tasks", _view.Layout.Tasks, cancellationToken);
        if (results is null || answer.Find("results") is null) return;
        await UnpackAsync(answer, archives, "results", _view.Layout.Results, cancellationToken);
        if (_view.Ledger.Count(TaskState.Complete) == _view.Ledger.TaskCount)
            await File.WriteAllBytesAsync(Marker(results.Value), [], cancellationToken);
    }

    private async Task UnpackAsync(HostAnswer answer, ArchiveFolder archives, string part, string folder, CancellationToken cancellationToken)
    {
        if (answer.Find(part) is null) return;
        using Stream archive = archives.Read(part);
        if (Status(answer, $"{part}-status") != 0 && archive.Length == 0)
            throw new HpcException(ErrorCode.OutputsMissing, $"the {part} of {_view.Run.RunId} on {_host.Name} cannot be read: {answer.ErrorText.Trim()}", "Look whether the run's folder is there and can be read.");
        try
        {
            await RemoteTar.ReadAsync(archive, folder, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"the {part} of {_view.Run.RunId} arrived damaged: {e.Message}", "Try again.", e);
        }
    }

    private bool HasAll(ResultSelection results) => File.Exists(Marker(results)) || (results == ResultSelection.Metrics && File.Exists(Marker(ResultSelection.Files)));

    private string Marker(ResultSelection results) => Path.Combine(_view.Layout.Root, results == ResultSelection.Metrics ? "has-metrics" : "has-files");

    private static int Status(HostAnswer answer, string part) =>
        int.TryParse(answer.Text(part), NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : -1;
}
