using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Batch;

/// <summary>Sends further arrays of a run that is on the cluster: one stream, one execution. Code, tasks and environment are there.</summary>
internal sealed class BatchResumption
{
    private readonly IScheduler _scheduler;
    private readonly ResumePackage _package;
    private readonly RemotePaths _paths;
    private readonly ArrayRendering _rendering;
    private readonly SubmissionCourier _courier;
    private readonly string _sending;

    /// <summary>Creates it.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="host">Where its commands run.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="package">What is sent.</param>
    /// <param name="layout">The run's place in the mirror.</param>
    public BatchResumption(SiteConfig site, IHost host, IScheduler scheduler, ResumePackage package, RunLayout layout)
    {
        (_scheduler, _package) = (scheduler, package);
        _courier = new SubmissionCourier(site, host, scheduler, "Resume");
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
        if (Directory.Exists(_sending)) Directory.Delete(_sending, recursive: true);
        try
        {
            string run = Path.Combine(_sending, "run");
            ArrayInScript[] arrays = [.. _package.Plan.Arrays.Select((array, i) => new ArrayInScript(_rendering.Of(_package.Plan, array, _package.Tokens[i], waits: false), _package.Tokens[i], null))];
            await WriteAsync(run, arrays, cancellationToken);
            (SubmissionAnswer answer, Wire wire) = await _courier.CarryAsync(
                $"resume {_paths.RunId}",
                _sending,
                [("run", run)],
                arrays.Length,
                sum => SubmissionScript.RenderResumption(_paths, sum, _scheduler, arrays, _package.BegunAt),
                cancellationToken);
            await _courier.AcceptAsync(answer, _package.Plan, accepted, steps);
            return wire;
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
