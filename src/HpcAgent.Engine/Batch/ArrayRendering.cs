using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Batch;

/// <summary>Turns planned arrays into what a scheduler is told of them.</summary>
/// <param name="Site">The cluster.</param>
/// <param name="Paths">Where the run lies.</param>
/// <param name="GraceSeconds">Seconds between the first signal and the next.</param>
/// <param name="Options">What the request asks of the scheduler.</param>
internal sealed record ArrayRendering(SiteConfig Site, RemotePaths Paths, double GraceSeconds, SchedulerOptions Options)
{
    /// <summary>One array.</summary>
    /// <param name="plan">The plan of the submission.</param>
    /// <param name="array">The array.</param>
    /// <param name="token">Its token.</param>
    /// <param name="waits">True if it waits for other jobs.</param>
    public ArraySubmission Of(RunPlan plan, PlanArray array, string token, bool waits)
    {
        ResourceRequest resources = array.ElementResources ?? plan.ElementResources;
        return new ArraySubmission
        {
            JobName = $"hpc-{token}",
            Index = array.Index,
            ElementCount = array.ElementCount,
            MaxConcurrentCount = array.MaxConcurrentCount,
            WaitsForAnother = waits,
            RunFolder = Paths.Run,
            ScriptPath = Paths.JobScript(array.Index),
            OutputFolder = Paths.ElementOutput,
            Resources = resources,
            GraceSeconds = GraceSeconds,
            ExcludedNodes = array.ExcludedNodes,
            Options = Site.OptionsFor(resources, RetryPlace.Of(array.Options).ApplyTo(Options)),
        };
    }
}
