using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>Sends one run to a cluster: one stream, one execution, however many arrays it has.</summary>
internal sealed class BatchSubmission
{
    private readonly SiteConfig _site;
    private readonly IHost _host;
    private readonly IScheduler _scheduler;
    private readonly RunPackage _package;
    private readonly RemotePaths _paths;
    private readonly RunLayout _layout;
    private readonly CodeOnCluster _sent;
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
        (_site, _host, _scheduler, _package, _layout, _sent) = (site, host, scheduler, package, layout, sent);
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
        steps?.Report("sent");
        if (answer.Failure is { } failure) throw SubmissionFailure.Of(failure, _host.Name, _site);
        _sent.Note(_paths.Root, digest);
        foreach (ArrayAnswer array in answer.Arrays.Where(a => a.JobId is not null)) await accepted(array.Index, array.JobId!);
        steps?.Report("identified");
        if (answer.Arrays.FirstOrDefault(a => a.JobId is null) is { } bad) throw SubmissionFailure.Of(bad, answer, _package.Plan.Arrays.Count, _scheduler, _site);
        if (answer.Arrays.Count != _package.Plan.Arrays.Count)
            throw new HpcException(
                ErrorCode.RemoteCommandFailed,
                $"{_host.Name} answered for {answer.Arrays.Count} of {_package.Plan.Arrays.Count} arrays",
                "Submit again: what is in is found, and only the rest is sent.");
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
        string payload = Path.Combine(Sending, "payload");
        await using (FileStream file = new(payload, FileMode.Create, FileAccess.Write)) await RemoteTar.WriteAsync(file, folders, cancellationToken);
        (uint Crc, long Bytes) sum = await PosixCrc.ComputeAsync(payload, cancellationToken);
        HostAnswer answer = await CutSubmission.RunAsync(
            _host,
            new HostScript
            {
                Purpose = $"submit {_paths.RunId}",
                Text = SubmissionScript.Render(_paths, _package.Code.Digest, sum, _scheduler, [.. Arrays()], _package.AfterJobIds, _package.Sidecar.SubmittedAt ?? DateTimeOffset.UnixEpoch),
                Payload = async (stream, token) =>
                {
                    await using FileStream file = new(payload, FileMode.Open, FileAccess.Read, FileShare.Read);
                    await file.CopyToAsync(stream, token);
                },
                Deadline = TimeSpan.FromSeconds(180 + (10 * _package.Plan.Arrays.Count) + (sum.Bytes / 200_000.0)),
            },
            cancellationToken);
        return (SubmissionAnswer.Read(answer), answer.Wire);
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
        NodeFiles.Write(RunFolder, _package, new RunLayout(_paths.Root, _paths.RunId), new NodeOptions { ElementWalltime = _ => _package.Plan.ElementResources.Walltime });
        foreach (PlanArray array in _package.Plan.Arrays)
            await File.WriteAllTextAsync(Path.Combine(RunFolder, "arrays", $"{array.Index}.sh"), _scheduler.RenderJobScript(Submission(array)), cancellationToken);
    }
}
