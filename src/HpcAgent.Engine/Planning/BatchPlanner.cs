using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Planning;

/// <summary>
/// Lays any number of tasks out within the limits of a batch system: arrays from index 1 on, short tasks packed, lanes where arrays must wait.
/// A pure function; nothing is allocated for each task.
/// </summary>
public static class BatchPlanner
{
    /// <summary>Makes the plan.</summary>
    /// <param name="site">The site as it is configured.</param>
    /// <param name="limits">What it enforces: <see cref="SiteLimits.Merge"/> of the configured and the discovered limits.</param>
    /// <param name="taskCount">How many tasks.</param>
    /// <param name="request">What they ask for.</param>
    /// <param name="now">The time, for the age of the limits in the text; null gives the date instead.</param>
    /// <exception cref="HpcException">
    /// <see cref="ErrorCode.SpecInvalid"/>: the site can never run such a task. <see cref="ErrorCode.PreconditionFailed"/>: so many tasks do not fit,
    /// however they are packed.
    /// </exception>
    public static RunPlan Plan(SiteConfig site, SiteLimits limits, long taskCount, PlanRequest request, DateTimeOffset? now = null)
    {
        PlanChecks.Request(taskCount, request);
        PlanLimits bounds = new(site, limits, site.OptionsFor(request.Resources, request.Options), now);
        TimeSpan? limit = request.Resources.Walltime ?? Least(site.DefaultWalltime, bounds.Cap);
        int? wish = Least(request.MaxConcurrentCount, site.MaxConcurrentTasks);
        int atOnce = (int)Math.Min(request.ConcurrentTasksPerElement, Math.Min(taskCount, wish ?? int.MaxValue));
        TimeSpan? learnt = request.Resources.Walltime is null ? Least(request.History?.Limit, bounds.Cap) : null;
        TimeSpan? usual = limit ?? Least(limits.DefaultWalltime, bounds.Cap);
        PlanTime time = new(usual is null ? learnt : Least(usual, learnt), bounds.Cap, atOnce);
        PlanChecks.Site(bounds, request, time);
        int wanted = ShortTasks.PerElement(taskCount, request.Duration, Least(wish, limits.MaxRunningElements * atOnce), atOnce);
        PlanLayout layout = Layout(bounds, taskCount, request.TasksPerElement, time, wanted);
        time = time with { AtOnce = Math.Min(atOnce, layout.TasksPerElement) };
        PlanLanes lanes = PlanLanes.Choose(layout, wish is { } tasks ? Math.Max(1, tasks / time.AtOnce) : null, site.MaxConcurrentArrays);
        // One round of tasks needs no limit of its own; several do, so that the element's can be told.
        ResourceRequest each = request.Resources with { Walltime = layout.TasksPerElement > time.AtOnce ? time.Limit : limit };
        TimeSpan? estimate = request.Duration is { } duration && duration > TimeSpan.Zero
            ? PlanEstimate.Elapsed(layout, lanes, duration, time.AtOnce, site.SpinUp ?? TimeSpan.Zero, limits.MaxRunningElements)
            : null;
        PlanArray[] arrays = Arrays(layout, lanes);
        int running = Running(arrays, lanes, limits.MaxRunningElements, taskCount, time.AtOnce);
        return new RunPlan
        {
            Cluster = site.Name,
            TaskCount = taskCount,
            TasksPerElement = layout.TasksPerElement,
            ConcurrentTasksPerElement = time.AtOnce,
            MaxConcurrentCount = running,
            Arrays = arrays,
            Resources = each,
            ElementResources = each with
            {
                Cpus = each.Cpus * time.AtOnce,
                MemoryBytes = each.MemoryBytes * time.AtOnce,
                Gpus = each.Gpus * time.AtOnce,
                Walltime = layout.TasksPerElement > time.AtOnce ? time.OfElement(layout.TasksPerElement) : limit,
            },
            Strategy = PlanText.Strategy(layout, lanes, lanes.AtOnce is null ? null : running, estimate),
            EstimatedElapsed = estimate,
            Assumptions = new PlanAssumptions(bounds, request, layout, lanes, time, wanted).Lines(limit),
        };
    }

    /// <summary>The most memory and time that one element can ask for; what is not known is null.</summary>
    /// <param name="site">The site as it is configured.</param>
    /// <param name="limits">What it enforces.</param>
    /// <param name="options">What the request asks of the scheduler.</param>
    public static ResourceRequest Largest(SiteConfig site, SiteLimits limits, SchedulerOptions options)
    {
        ArgumentNullException.ThrowIfNull(site);
        PlanLimits bounds = new(site, limits, site.OptionsFor(new ResourceRequest(), options), now: null);
        return new ResourceRequest { MemoryBytes = bounds.All.MaxNodeMemoryBytes, Walltime = bounds.Cap };
    }

    private static PlanLayout Layout(PlanLimits limits, long taskCount, int? chosen, PlanTime time, int wanted)
    {
        PlanPacking packing = new(limits, taskCount, time);
        return chosen is { } tasks
            ? packing.Chosen((int)Math.Min(Math.Max(tasks, time.AtOnce), taskCount))
            : packing.Choose(Math.Min(wanted, PlanPacking.Comfort(time)));
    }

    private static PlanArray[] Arrays(PlanLayout layout, PlanLanes lanes)
    {
        PlanArray[] arrays = new PlanArray[layout.ArrayCount];
        for (int i = 0; i < arrays.Length; i++)
        {
            long elements = layout.Elements(i);
            arrays[i] = new PlanArray(i, layout.FirstTask(i), layout.Tasks(i), elements, lanes.Wave(i), lanes.After(i))
            {
                MaxConcurrentCount = lanes.Share(i) is { } share && share < elements ? share : null,
            };
        }
        return arrays;
    }

    private static int Running(PlanArray[] arrays, PlanLanes lanes, long? site, long taskCount, int atOnce)
    {
        double elements = 0;
        for (int i = 0; i < lanes.Count; i++) elements += arrays[i].MaxConcurrentCount ?? arrays[i].ElementCount;
        if (site is > 0) elements = Math.Min(elements, site.Value);
        return (int)Math.Min(int.MaxValue, Math.Min(taskCount, elements * atOnce));
    }

    private static TimeSpan? Least(TimeSpan? value, TimeSpan? cap) => cap < value ? cap : value;

    private static int? Least(int? value, long? other) => other is null || value <= other ? value : (int)Math.Clamp(other.Value, 1, int.MaxValue);
}
