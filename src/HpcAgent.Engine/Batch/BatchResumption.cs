using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Storage;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Batch;

/// <summary>Sends further arrays of a run that is on the cluster: one stream, one execution. Code, tasks and environment are there.</summary>
internal sealed class BatchResumption
{
    private readonly SiteConfig _site;
    private readonly IHost _host;
    private readonly IScheduler _scheduler;
    private readonly ResumePackage _package;
    private readonly RemotePaths _paths;
    private readonly ArrayRendering _rendering;
    private readonly string _sending;

    /// <summary>Creates it.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="host">Where its commands run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="package">What is sent.</param>
    /// <param name="layout">The run's place in the mirror.</param>
    public BatchResumption(SiteConfig site, IHost host, IScheduler scheduler, ResumePackage package, RunLayout layout)
    {
        (_site, _host, _scheduler, _package) = (site, host, scheduler, package);
        _paths = new RemotePaths(package.Sidecar.RemotePath, package.Sidecar.RunId);
        _rendering = new ArrayRendering(site, _paths, package.GraceSeconds, SchedulerOptionsJson.Read(package.Sidecar.SchedulerOptions));
        _sending = Path.Combine(layout.Root, "sending");
    }

    /// <summary>Sends it.</summary>
    /// <param name="accepted">Told of each array that is in.</param>
    /// <param name="steps">Told of each step.</param>
    /// <param name="cancellationToken">Ends the wait; what is on its way may still get in, and is found by the next call.</param>
    public async Task<Wire> SendAsync(Func<int, string, Task> accepted, IProgress<string>? steps, CancellationToken cancellationToken)
    {
        HostAnswer host = await RunAsync(cancellationToken);
        steps?.Report("sent");
        SubmissionAnswer answer = SubmissionAnswer.Read(host);
        if (answer.Failure is { } failure) throw SubmissionFailure.Of(failure, _host.Name, _site);
        int first = _package.Plan.Arrays[0].Index;
        foreach (ArrayAnswer array in answer.Arrays.Where(a => a.JobId is not null)) await accepted(array.Index - first, array.JobId!);
        steps?.Report("identified");
        if (answer.Arrays.FirstOrDefault(a => a.JobId is null) is { } bad) throw SubmissionFailure.Of(bad, answer, _package.Plan.Arrays.Count, _scheduler, _site);
        if (answer.Arrays.Count != _package.Plan.Arrays.Count)
            throw new HpcException(
                ErrorCode.RemoteCommandFailed,
                $"{_host.Name} answered for {answer.Arrays.Count} of {_package.Plan.Arrays.Count} arrays",
                "Resume again: what is in is found, and only the rest is sent.");
        return host.Wire;
    }

    private async Task<HostAnswer> RunAsync(CancellationToken cancellationToken)
    {
        if (Directory.Exists(_sending)) Directory.Delete(_sending, recursive: true);
        try
        {
            string run = Path.Combine(_sending, "run");
            ArrayInScript[] arrays = [.. _package.Plan.Arrays.Select((array, i) => new ArrayInScript(_rendering.Of(_package.Plan, array, _package.Tokens[i], waits: false), _package.Tokens[i], null))];
            await WriteAsync(run, arrays, cancellationToken);
            string payload = Path.Combine(_sending, "payload");
            await using (FileStream file = new(payload, FileMode.Create, FileAccess.Write)) await RemoteTar.WriteAsync(file, [("run", run)], cancellationToken);
            (uint Crc, long Bytes) sum = await PosixCrc.ComputeAsync(payload, cancellationToken);
            HostScript script = new()
            {
                Purpose = $"resume {_paths.RunId}",
                Text = SubmissionScript.RenderResumption(_paths, sum, _scheduler, arrays, _package.BegunAt),
                Payload = async (stream, token) =>
                {
                    await using FileStream file = new(payload, FileMode.Open, FileAccess.Read, FileShare.Read);
                    await file.CopyToAsync(stream, token);
                },
                Deadline = TimeSpan.FromSeconds(180 + (10 * arrays.Length) + (sum.Bytes / 200_000.0)),
            };
            return await CutSubmission.RunAsync(_host, script, cancellationToken);
        }
        finally
        {
            if (Directory.Exists(_sending)) Directory.Delete(_sending, recursive: true);
        }
    }

    private async Task WriteAsync(string run, ArrayInScript[] arrays, CancellationToken cancellationToken)
    {
        _ = Directory.CreateDirectory(Path.Combine(run, "arrays"));
        for (int i = 0; i < arrays.Length; i++)
        {
            PlanArray array = _package.Plan.Arrays[i];
            NodeFiles.WriteArray(run, _package.Plan, array, _package.Tokens[i], new NodeOptions { ElementWalltime = a => (a.ElementResources ?? _package.Plan.ElementResources).Walltime });
            await File.WriteAllTextAsync(Path.Combine(run, "arrays", $"{array.Index}.sh"), _scheduler.RenderJobScript(arrays[i].Array), cancellationToken);
        }
    }
}
