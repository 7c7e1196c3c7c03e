using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Planning;

/// <summary>What a plan rests on, a sentence each: which limit shaped what, and where it comes from.</summary>
internal sealed class PlanAssumptions(PlanLimits limits, PlanRequest request, PlanLayout layout, PlanLanes lanes, PlanTime time, int wanted)
{
    private readonly List<string> _lines = [];
    private readonly SiteConfig _site = limits.Site;

    /// <summary>All sentences, in the order in which a reader asks.</summary>
    /// <param name="limit">The time limit of a task that the request or the configuration gives, or null.</param>
    public IReadOnlyList<string> Lines(TimeSpan? limit)
    {
        Walltime(limit);
        Arrays();
        Packing();
        Concurrency();
        if (request.Duration is { } duration) Estimate(duration);
        foreach (string warning in PlanPartitions.Warnings(limits)) Add(warning);
        if (limits.All.AskedAt is null) Add($"{limits.Cluster} has not been asked for its limits yet");
        return _lines;
    }

    private void Walltime(TimeSpan? limit)
    {
        if (request.Resources.Walltime is not null) return;
        if (layout.TasksPerElement > time.AtOnce && request.History is { Limit: { } learnt } history && time.Limit == learnt)
        {
            Add($"a task may take {DurationText.Format(learnt)}: twice the longest of {history.Count} tasks of this command that completed here; give a time limit to set another");
            return;
        }
        if (limit is { } configured)
            Add($"a task may take {DurationText.Format(configured)} ({(configured < _site.DefaultWalltime ? limits.CapSource : limits.Configured("default_walltime_sec"))})");
        else if (limits.All.DefaultWalltime is { } usual)
            Add($"no time limit is asked for: the site's own applies, {DurationText.Format(usual)} ({limits.DefaultWalltimeSource})");
        else
            Add("no time limit is asked for: the site's own applies, which is not known");
    }

    private void Arrays()
    {
        if (layout.ArrayCount > 1 || layout.TaskCount > limits.MaxIndex) Add($"arrays end at index {limits.MaxIndex} ({limits.MaxIndexSource}): {PlanText.Number(layout.ElementCount, "element")} in {PlanText.Number(layout.ArrayCount, "array")}");
        if (limits.All.MaxSubmittedElements is { } most && (layout.TaskCount > most || layout.ElementCount > most / 2))
            Add($"{layout.ElementCount} of the {most} array elements that one user may have in the queue ({limits.MaxElementsSource}); other jobs of yours count too");
        if (limits.All.MaxJobs is { } jobs && layout.ArrayCount > jobs / 2)
            Add($"{layout.ArrayCount} of the {jobs} jobs that one user may have in the queue ({limits.MaxArraysSource}); other jobs of yours count too");
    }

    private void Packing()
    {
        int tasks = layout.TasksPerElement;
        if (tasks > 1) Add($"{tasks} tasks in an element: {Why(tasks)}");
        if (tasks > time.AtOnce)
        {
            if (time.OfElement(tasks) is not { } element) Add("warning: no time limit of a task or of the site is known, so that elements ask for none: tasks at their end may not be started");
            else if (time.Limit is { } each) Add($"an element asks for {DurationText.Format(element)}: {PlanMath.Ceiling(tasks, time.AtOnce)} times {DurationText.Format(each)} and a margin");
            else Add($"an element asks for {DurationText.Format(element)}, the longest that the site allows ({limits.CapSource}), as no time limit of a task is known");
        }
        bool isHeldBack = wanted > tasks && wanted > PlanPacking.Comfort(time) && layout.MostElements > 1;
        if (request.TasksPerElement is not null || request.Duration is not { } duration || duration >= ShortTasks.Target || !isHeldBack) return;
        string why = time.Limit is { } limit
            ? $"{wanted} times the time limit of {DurationText.Format(limit)} is too long for the site; a shorter limit helps"
            : "the time limit of a task is not known; giving one helps";
        Add($"tasks of {DurationText.Format(duration)} are short, and {wanted} in an element would be better, but {why}");
    }

    private string Why(int tasks)
    {
        if (request.TasksPerElement is not null) return "the request says so";
        if (tasks > time.AtOnce && tasks <= wanted && request.Duration is { } duration)
            return $"tasks of {DurationText.Format(duration)} are short, and starting each by itself costs the scheduler more than the wait";
        if (limits.All.MaxSubmittedElements is { } most && layout.TaskCount > most) return $"{layout.TaskCount} tasks, and {most} elements of one user in the queue at most ({limits.MaxElementsSource})";
        long arrays = PlanMath.Ceiling(layout.TaskCount, limits.MaxIndex);
        return arrays > Math.Min(limits.MaxArrays, PlanPacking.CalmArrays)
            ? $"otherwise there would be {arrays} arrays, each a submission of its own"
            : $"an element runs {time.AtOnce} at once";
    }

    private void Concurrency()
    {
        if (lanes.AtOnce is { } elements)
        {
            bool isRequest = request.MaxConcurrentCount is { } wish && (_site.MaxConcurrentTasks is null || wish <= _site.MaxConcurrentTasks);
            string source = isRequest ? "the request" : limits.Configured("max_concurrent_tasks");
            Add($"{PlanText.Number((long)elements * time.AtOnce, "task")} at once ({source})");
        }
        if (_site.MaxConcurrentArrays < layout.ArrayCount) Add($"{_site.MaxConcurrentArrays} arrays at once at most ({limits.Configured("max_concurrent_jobs")})");
        if (lanes.Depth > 1) Add($"{PlanText.Number(lanes.Count, "lane")}: each array waits only for the one {lanes.Count} before it");
        if (limits.All.MaxRunningElements is { } most && most < (lanes.AtOnce ?? layout.ElementCount)) Add($"the site runs {PlanText.Number(most, "element")} of one user at once ({limits.MaxRunningSource})");
    }

    private void Estimate(TimeSpan duration)
    {
        Add(request.TaskDuration is null ? request.History!.Sentence : $"a task takes {DurationText.Format(duration)}");
        if (time.Limit is { } limit && duration > limit) Add($"warning: that is more than its time limit of {DurationText.Format(limit)}");
        if (_site.SpinUp is { } wait) Add($"an array waits {DurationText.Format(wait)} before it starts ({limits.Configured("est_spin_up")})");
        if (lanes.AtOnce is null && limits.All.MaxRunningElements is null) Add("how many elements the site runs at once is not known: the estimate takes all that may");
    }

    private void Add(string line) => _lines.Add(line);
}
