using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class BatchPlannerPropertyTests
{
    /// <summary>One question to the planner.</summary>
    public sealed record Case(SiteConfig Site, SiteLimits Limits, long Tasks, PlanRequest Request);

    [Fact]
    public void Every_task_is_in_exactly_one_array_in_order_and_sizes_differ_by_one_at_most() => ForAll((_, plan) =>
    {
        long next = 0;
        for (int i = 0; i < plan.Arrays.Count; i++)
        {
            PlanArray array = plan.Arrays[i];
            Assert.Equal((i, next), (array.Index, array.FirstTaskId));
            Assert.Equal(((array.TaskCount - 1) / plan.TasksPerElement) + 1, array.ElementCount);
            Assert.True(array.TaskCount > 0);
            next += array.TaskCount;
        }
        Assert.Equal(plan.TaskCount, next);
        Assert.InRange(plan.Arrays.Max(a => a.TaskCount) - plan.Arrays.Min(a => a.TaskCount), 0, 1);
    });

    [Fact]
    public void No_limit_of_the_site_is_exceeded() => ForAll((c, plan) =>
    {
        Assert.True(plan.Arrays.Max(a => a.ElementCount) <= (c.Limits.MaxArrayIndex ?? 1000));
        Assert.True(plan.Arrays.Sum(a => a.ElementCount) <= (c.Limits.MaxSubmittedElements ?? long.MaxValue));
        Assert.True(plan.Arrays.Count <= Math.Min(c.Limits.MaxJobs ?? 1000, 1000));
        Assert.False(plan.ElementResources.Walltime > c.Limits.MaxWalltime);
        if (c.Request.TasksPerElement is { } chosen) Assert.True(plan.TasksPerElement <= Math.Max(chosen, c.Request.ConcurrentTasksPerElement));
    });

    [Fact]
    public void An_elements_time_holds_all_of_its_tasks() => ForAll((_, plan) =>
    {
        int rounds = ((plan.TasksPerElement - 1) / plan.ConcurrentTasksPerElement) + 1;
        Assert.False(plan.ElementResources.Walltime < plan.Resources.Walltime * rounds);
        Assert.Equal(plan.Resources.Cpus * plan.ConcurrentTasksPerElement, plan.ElementResources.Cpus);
        if (rounds == 1) Assert.Equal(plan.Resources.Walltime, plan.ElementResources.Walltime);
    });

    [Fact]
    public void Arrays_wait_in_lanes_and_never_more_runs_than_was_wanted() => ForAll((c, plan) =>
    {
        int lanes = plan.Arrays.Count(a => a.AfterArray is null);
        Assert.True(lanes <= (c.Site.MaxConcurrentArrays ?? int.MaxValue));
        Assert.All(plan.Arrays, a => Assert.Equal((a.Index < lanes ? null : a.Index - lanes, a.Index / lanes), (a.AfterArray, a.Wave)));
        long peak = 0;
        for (int lane = 0; lane < lanes; lane++)
            peak += plan.Arrays.Where(a => a.Index % lanes == lane).Max(a => a.MaxConcurrentCount ?? a.ElementCount) * plan.ConcurrentTasksPerElement;
        int wanted = Math.Min(c.Request.MaxConcurrentCount ?? int.MaxValue, c.Site.MaxConcurrentTasks ?? int.MaxValue);
        if (wanted < c.Tasks) Assert.True(peak <= wanted, $"{peak} at once, {wanted} wanted");
        Assert.InRange(plan.MaxConcurrentCount, 1, Math.Min(wanted, (int)Math.Min(int.MaxValue, c.Tasks)));
        Assert.All(plan.Arrays, a => Assert.True(a.MaxConcurrentCount is null || (a.MaxConcurrentCount >= 1 && a.MaxConcurrentCount < a.ElementCount)));
    });

    [Fact]
    public void The_same_question_has_the_same_answer() => ForAll((c, plan) =>
    {
        RunPlan again = BatchPlanner.Plan(c.Site, c.Limits, c.Tasks, c.Request);
        Assert.Equal(plan.Arrays, again.Arrays);
        Assert.Equal(plan.Assumptions, again.Assumptions);
        Assert.Equal((plan.Strategy, plan.EstimatedElapsed, plan.MaxConcurrentCount), (again.Strategy, again.EstimatedElapsed, again.MaxConcurrentCount));
    });

    [Fact]
    public void A_refusal_is_right_and_names_ways_out() => Prop.ForAll(Cases().ToArbitrary(), c =>
    {
        try
        {
            BatchPlanner.Plan(c.Site, c.Limits, c.Tasks, c.Request);
        }
        catch (HpcException error)
        {
            Assert.False(string.IsNullOrWhiteSpace(error.Remediation));
            if (error.Code == ErrorCode.PreconditionFailed && c.Tasks < 3000) Assert.False(AnythingFits(c), error.Message);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));

    private static void ForAll(Action<Case, RunPlan> check)
    {
        int planned = 0;
        Prop.ForAll(Cases().ToArbitrary(), c =>
        {
            RunPlan plan;
            try
            {
                plan = BatchPlanner.Plan(c.Site, c.Limits, c.Tasks, c.Request);
            }
            catch (HpcException error) when (error.Code is ErrorCode.SpecInvalid or ErrorCode.PreconditionFailed)
            {
                return;
            }
            planned++;
            check(c, plan);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1500));
        Assert.True(planned > 500, $"only {planned} of the cases could be planned");
    }

    // Every number of arrays and every packing, one by one.
    private static bool AnythingFits(Case c)
    {
        long index = c.Limits.MaxArrayIndex ?? 1000;
        for (long arrays = 1; arrays <= Math.Min(c.Tasks, Math.Min(c.Limits.MaxJobs ?? 1000, 1000)); arrays++)
        {
            for (long k = 1; k <= (c.Tasks / arrays) + 1; k++)
            {
                if (c.Request.TasksPerElement is { } chosen && k > Math.Max(chosen, c.Request.ConcurrentTasksPerElement)) break;
                long rounds = ((k - 1) / c.Request.ConcurrentTasksPerElement) + 1;
                if (rounds > 1 && c.Request.Resources.Walltime is null && c.Limits.DefaultWalltime is null && c.Request.TasksPerElement is null) break;
                TimeSpan? limit = c.Request.Resources.Walltime ?? c.Limits.DefaultWalltime;
                if (rounds > 1 && (limit * rounds) + TimeSpan.FromSeconds(60 + rounds) > c.Limits.MaxWalltime) break;
                (long least, long rest) = (c.Tasks / arrays, c.Tasks % arrays);
                long most = rest > 0 ? ((least) / k) + 1 : ((least - 1) / k) + 1;
                long elements = (rest * ((least / k) + 1)) + ((arrays - rest) * (((least - 1) / k) + 1));
                if (most <= index && elements <= (c.Limits.MaxSubmittedElements ?? long.MaxValue)) return true;
            }
        }
        return false;
    }

    private static Gen<Case> Cases() =>
        from tasks in Gen.Frequency((6, Gen.Choose(1, 3000)), (2, Gen.Choose(1, 12)), (1, Gen.Choose(1, 2_000_000_000)))
        from index in Maybe(Gen.Frequency((3, Gen.Choose(1, 1000)), (1, Gen.Choose(1, 5))))
        from submitted in Maybe(Gen.Frequency((3, Gen.Choose(1, 2000)), (1, Gen.Choose(1, 6))))
        from jobs in Maybe(Gen.Choose(1, 60))
        from running in Maybe(Gen.Choose(1, 300))
        from cap in Maybe(Gen.Choose(3600, 200_000))
        from usual in Maybe(Gen.Choose(60, 3600))
        from walltime in Maybe(Gen.Choose(1, 3600))
        from duration in Maybe(Gen.Choose(1, 2000))
        from wanted in Maybe(Gen.Frequency((3, Gen.Choose(1, 500)), (1, Gen.Choose(1, 5))))
        from siteTasks in Maybe(Gen.Choose(1, 300))
        from siteArrays in Maybe(Gen.Choose(1, 12))
        from chosen in Gen.Frequency((3, Gen.Constant<int?>(null)), (1, Gen.Choose(1, 50).Select(k => (int?)k)))
        from atOnce in Gen.Frequency((3, Gen.Constant(1)), (1, Gen.Choose(2, 8)))
        select new Case(
            new SiteConfig { Name = "c", Scheduler = "slurm", Origin = "f:1", MaxConcurrentTasks = siteTasks, MaxConcurrentArrays = siteArrays },
            new SiteLimits
            {
                MaxArrayIndex = index,
                MaxSubmittedElements = submitted,
                MaxJobs = jobs,
                MaxRunningElements = running,
                MaxWalltime = Seconds(cap),
                DefaultWalltime = Seconds(usual),
            },
            tasks,
            new PlanRequest
            {
                Resources = new() { Walltime = Seconds(walltime) },
                TaskDuration = Seconds(duration),
                MaxConcurrentCount = wanted,
                TasksPerElement = chosen,
                ConcurrentTasksPerElement = Math.Min(atOnce, Math.Min(wanted ?? atOnce, siteTasks ?? atOnce)),
            });

    private static Gen<int?> Maybe(Gen<int> number) => Gen.Frequency((1, Gen.Constant<int?>(null)), (2, number.Select(n => (int?)n)));

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
