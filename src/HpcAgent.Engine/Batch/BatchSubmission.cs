using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Sends one run to a cluster: one stream, one execution, however many arrays it has.</summary>
internal sealed class BatchSubmission
{
    private readonly IScheduler _scheduler;
    private readonly RunPackage _package;
    private readonly RemotePaths _paths;
    private readonly RunLayout _layout;
    private readonly CodeOnCluster _sent;
    private readonly SubmissionCourier _courier;
    private readonly ArrayRendering _arrays;

    /// <summary>Creates it.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="host">Where its commands run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="package">What is sent.</param>
    /// <param name="layout">The run's place in the mirror, where it is put together.</param>
    /// <param name="sent">Which code the cluster has.</param>
    public BatchSubmission(SiteConfig site, IHost host, IScheduler scheduler, RunPackage package, RunLayout layout, CodeOnCluster sent)
    {
        (_scheduler, _package, _layout, _sent) = (scheduler, package, layout, sent);
        _courier = new SubmissionCourier(site, host, scheduler, "Submit");
        _paths = new RemotePaths(package.Sidecar.RemotePath, package.Sidecar.RunId);
        _arrays = new ArrayRendering(site, _paths, package.GraceSeconds, package.Options);
    }

    /// <summary>Sends it.</summary>
    /// <param name="accepted">Told of each array that is in.</param>
    /// <param name="steps">Told of each step.</param>
    /// <param name="cancellationToken">Ends the wait; what is on its way may still get in, and is found by the next call.</param>
    public async Task<Wire> SendAsync(Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        try
        {
            await PutTogetherAsync(cancellationToken);
            steps?.Report("tasks");
            return await SendPackageAsync(accepted, steps, cancellationToken);
        }
        finally
        {
            // The environment of the tasks is in it.
            if (Directory.Exists(Sending)) Directory.Delete(Sending, recursive: true);
        }
    }

    private async Task<Wire> SendPackageAsync(Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        string digest = _package.Code.Digest;
        bool withCode = !_sent.Has(_paths.Root, digest);
        (SubmissionAnswer answer, Wire wire) = await RunAsync(withCode, cancellationToken);
        if (answer.NeedsCode && !withCode)
        {
            // It was there once and was purged since.
            _sent.Forget(_paths.Root, digest);
            (answer, Wire second) = await RunAsync(withCode: true, cancellationToken);
            wire = wire.Plus(second);
        }
        if (answer.Failure is null) _sent.Note(_paths.Root, digest);
        await _courier.AcceptAsync(answer, _package.Plan, accepted, steps);
        return wire;
    }

    private async Task<(SubmissionAnswer Answer, Wire Wire)> RunAsync(bool withCode, CancellationToken cancellationToken)
    {
        List<(string, string)> folders = [("run", RunFolder), ("run/tasks", _layout.Tasks)];
        if (withCode)
        {
            string code = Path.Combine(Sending, "code");
            await SnapshotFolder.CopyAsync(_package.Code, code, cancellationToken);
            folders.Add(("code", code));
        }
        ArrayInScript[] arrays = [.. Arrays()];
        return await _courier.CarryAsync(
            $"submit {_paths.RunId}",
            Sending,
            folders,
            arrays.Length,
            sum => SubmissionScript.Render(_paths, _package.Code.Digest, sum, _scheduler, arrays, _package.AfterJobIds, _package.Sidecar.SubmittedAt ?? DateTimeOffset.UnixEpoch),
            cancellationToken);
    }

    private string Sending => Path.Combine(_layout.Root, "sending");

    private string RunFolder => Path.Combine(Sending, "run");

    private IEnumerable<ArrayInScript> Arrays()
    {
        foreach (PlanArray array in _package.Plan.Arrays)
            yield return new(Submission(array), _package.Tokens[array.Index], array.AfterArray is { } before ? _package.Tokens[before] : null);
    }

    private ArraySubmission Submission(PlanArray array) =>
        _arrays.Of(_package.Plan, array, _package.Tokens[array.Index], array.AfterArray is not null || _package.AfterJobIds.Count > 0);

    private async Task PutTogetherAsync(CancellationToken cancellationToken)
    {
        TaskTable.WriteOnce(_package.Tasks, _layout.Tasks, NodeFiles.TableOptions(_package), cancellationToken);
        if (Directory.Exists(Sending)) Directory.Delete(Sending, recursive: true);
        foreach (string folder in new[] { "submit", "events", "results", "elements", "logs/elements", "arrays" })
            _ = Directory.CreateDirectory(Path.Combine(RunFolder, folder));
        NodeFiles.Write(RunFolder, _package, _paths.Root, new NodeOptions { ElementWalltime = _ => _package.Plan.ElementResources.Walltime });
        foreach (PlanArray array in _package.Plan.Arrays)
            await File.WriteAllTextAsync(Path.Combine(RunFolder, "arrays", $"{array.Index}.sh"), _scheduler.RenderJobScript(Submission(array)), cancellationToken);
    }
}
