using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Planning;

public sealed class BatchPlannerTests
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SiteConfig s_site = new() { Name = "c", Scheduler = "slurm", Origin = "/f.yaml:1" };

    /// <summary>The examples of the original's planner, with its ranges, waves and estimates; only sizes are balanced here.</summary>
    [Theory]
    [InlineData(350, 100, 2, 600, 300, "0+88 88+88 176+87 263+87", "0 0 1 1", 1800, "4 batches (87-88 tasks each), 2 concurrent, 2 waves, ~30m est.")]
    [InlineData(200, 100, 2, null, 300, "0+100 100+100", "0 0", null, "2 batches (100 tasks each), 2 concurrent, 1 wave")]
    [InlineData(10, 3, 2, 60, 300, "0+3 3+3 6+2 8+2", "0 0 1 1", 720, "4 batches (2-3 tasks each), 2 concurrent, 2 waves, ~12m est.")]
    [InlineData(2500, 1000, 10, 1800, 300, "0+834 834+833 1667+833", "0 0 0", 2100, "3 batches (833-834 tasks each), 3 concurrent, 1 wave, ~35m est.")]
    public void The_originals_examples_are_planned_as_there(
        long tasks, long index, int concurrent, int? seconds, int spinUp, string ranges, string waves, int? estimate, string strategy)
    {
        SiteConfig site = s_site with { MaxConcurrentArrays = concurrent, SpinUp = TimeSpan.FromSeconds(spinUp) };
        RunPlan plan = BatchPlanner.Plan(site, new SiteLimits { MaxArrayIndex = index }, tasks, new PlanRequest { TaskDuration = Seconds(seconds), TasksPerElement = 1 });
        Assert.Equal(ranges, string.Join(' ', plan.Arrays.Select(a => $"{a.FirstTaskId}+{a.TaskCount}")));
        Assert.Equal(waves, string.Join(' ', plan.Arrays.Select(a => a.Wave)));
        Assert.Equal(Seconds(estimate), plan.EstimatedElapsed);
        Assert.Equal(strategy, plan.Strategy);
        Assert.All(plan.Arrays, a => Assert.Equal(a.Index < concurrent ? null : a.Index - concurrent, a.AfterArray));
        Assert.All(plan.Arrays, a => Assert.Null(a.MaxConcurrentCount));
    }

    [Fact]
    public void One_array_is_throttled_by_the_scheduler_itself()
    {
        RunPlan plan = Plan(500, new SiteLimits { MaxArrayIndex = 1000 }, new PlanRequest { MaxConcurrentCount = 50 });
        Assert.Equal(new PlanArray(0, 0, 500, 500, 0) { MaxConcurrentCount = 50 }, Assert.Single(plan.Arrays));
        Assert.Equal((50, "1 array (500 tasks), 50 at once"), (plan.MaxConcurrentCount, plan.Strategy));
        Assert.Contains("50 tasks at once (the request)", plan.Assumptions);
        Assert.Null(Assert.Single(Plan(50, new SiteLimits { MaxArrayIndex = 1000 }, new PlanRequest { MaxConcurrentCount = 50 }).Arrays).MaxConcurrentCount);
    }

    [Theory]
    [InlineData(3000, 10, "10 10 10", "- 0 1")] // Uneven shares of 4, 3 and 3 would take longer than one array after the other.
    [InlineData(3000, 12, "4 4 4", "- - -")]
    [InlineData(2500, 1, "1 1 1", "- 0 1")]
    [InlineData(4000, 6, "3 3 3 3", "- - 0 1")]
    [InlineData(3000, 900, "300 300 300", "- - -")]
    public void Lanes_share_what_may_run_at_once(long tasks, int wanted, string throttles, string after)
    {
        RunPlan plan = Plan(tasks, new SiteLimits { MaxArrayIndex = 1000 }, new PlanRequest { MaxConcurrentCount = wanted });
        Assert.Equal(throttles, string.Join(' ', plan.Arrays.Select(a => a.MaxConcurrentCount)));
        Assert.Equal(after, string.Join(' ', plan.Arrays.Select(a => a.AfterArray?.ToString() ?? "-")));
        Assert.Equal(wanted, plan.MaxConcurrentCount);
    }

    [Fact]
    public void A_site_that_caps_its_tasks_and_arrays_stands_beside_the_request()
    {
        SiteConfig site = s_site with { MaxConcurrentTasks = 20, MaxConcurrentArrays = 2, Places = new Dictionary<string, string> { ["max_concurrent_tasks"] = "/f.yaml:9" } };
        RunPlan plan = BatchPlanner.Plan(site, new SiteLimits { MaxArrayIndex = 100 }, 400, new PlanRequest { MaxConcurrentCount = 60 });
        Assert.Equal("10 10 10 10", string.Join(' ', plan.Arrays.Select(a => a.MaxConcurrentCount)));
        Assert.Equal("4 batches (100 tasks each), 2 concurrent, 2 waves, 20 at once", plan.Strategy);
        Assert.Contains("20 tasks at once (configured in /f.yaml:9)", plan.Assumptions);
        Assert.Contains("2 arrays at once at most (configured in /f.yaml:1)", plan.Assumptions);
        Assert.Contains("2 lanes: each array waits only for the one 2 before it", plan.Assumptions);
        Assert.Equal(5, BatchPlanner.Plan(site, new SiteLimits(), 400, new PlanRequest { MaxConcurrentCount = 5 }).MaxConcurrentCount);
    }

    [Fact]
    public void What_the_site_runs_at_once_needs_no_throttle_but_is_told()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxRunningElements = 30, AskedAt = s_now.AddHours(-2) };
        RunPlan plan = Plan(600, limits, new PlanRequest { TaskDuration = TimeSpan.FromHours(1) });
        Assert.Null(Assert.Single(plan.Arrays).MaxConcurrentCount);
        Assert.Equal((30, TimeSpan.FromHours(20)), (plan.MaxConcurrentCount, plan.EstimatedElapsed));
        Assert.Contains("the site runs 30 elements of one user at once (as the site said 2h ago)", plan.Assumptions);
    }

    [Fact]
    public void Many_tasks_are_packed_before_there_are_too_many_arrays()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxWalltime = TimeSpan.FromDays(1), AskedAt = s_now.AddDays(-3) };
        RunPlan plan = Plan(100_000, limits, new PlanRequest { Resources = new() { Walltime = TimeSpan.FromHours(1), MemoryBytes = 8, Cpus = 2 } });
        Assert.Equal((50, 2), (plan.Arrays.Count, plan.TasksPerElement));
        Assert.All(plan.Arrays, a => Assert.Equal((2000, 1000), (a.TaskCount, a.ElementCount)));
        Assert.Equal(new ResourceRequest { Walltime = new TimeSpan(2, 1, 2), MemoryBytes = 8, Cpus = 2 }, plan.ElementResources);
        Assert.Equal(TimeSpan.FromHours(1), plan.Resources.Walltime);
        Assert.Contains("2 tasks in an element: otherwise there would be 100 arrays, each a submission of its own", plan.Assumptions);
        Assert.Contains("arrays end at index 1000 (as the site said 3d00h ago): 50000 elements in 50 arrays", plan.Assumptions);
        Assert.Contains("an element asks for 2h01m: 2 times 1h and a margin", plan.Assumptions);
        RunPlan unpackable = Plan(100_000, limits, new PlanRequest { Resources = new() { Walltime = TimeSpan.FromHours(20) } });
        Assert.Equal((100, 1), (unpackable.Arrays.Count, unpackable.TasksPerElement));
        RunPlan unknown = Plan(100_000, limits, new PlanRequest());
        Assert.Equal((100, 1, null), (unknown.Arrays.Count, unknown.TasksPerElement, unknown.ElementResources.Walltime));
    }

    [Fact]
    public void Held_elements_count_against_the_submit_limit_so_tasks_are_packed_with_room_left()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxSubmittedElements = 500, MaxWalltime = TimeSpan.FromDays(1) };
        PlanRequest request = new() { Resources = new() { Walltime = TimeSpan.FromHours(1) } };
        RunPlan plan = Plan(5000, limits, request);
        Assert.Equal((12, 417L), (plan.TasksPerElement, plan.Arrays.Sum(a => a.ElementCount)));
        Assert.Contains(plan.Assumptions, a => a.StartsWith("417 of the 500 array elements", StringComparison.Ordinal));
        // Eleven hours and a margin are the most that fits: no room can be left then.
        RunPlan full = Plan(11 * 500, limits with { MaxWalltime = TimeSpan.FromHours(11.1) }, request);
        Assert.Equal((11, 500L), (full.TasksPerElement, full.Arrays.Sum(a => a.ElementCount)));
        HpcException error = Assert.Throws<HpcException>(() => Plan((11 * 500) + 1, limits with { MaxWalltime = TimeSpan.FromHours(11.1) }, request));
        Assert.Equal(ErrorCode.PreconditionFailed, error.Code);
        Assert.Contains("at most 500 array elements of one user", error.Message, StringComparison.Ordinal);
        Assert.Contains("packed 12 to an element", error.Message, StringComparison.Ordinal);
        Assert.Contains("11h06m", error.Message, StringComparison.Ordinal);
        Assert.Contains("time limit of at most 55m", error.Remediation, StringComparison.Ordinal);
        Assert.Contains("at most 5500 tasks at a time", error.Remediation, StringComparison.Ordinal);
        Assert.Contains("time limit of a task must be known", Assert.Throws<HpcException>(() => Plan(501, limits, new PlanRequest())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_time_limit_that_a_refusal_proposes_is_enough()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxSubmittedElements = 500, MaxWalltime = TimeSpan.FromHours(2) };
        PlanRequest request = new() { Resources = new() { Walltime = TimeSpan.FromHours(1) } };
        Assert.Contains("time limit of at most 11m", Assert.Throws<HpcException>(() => Plan(5000, limits, request)).Remediation, StringComparison.Ordinal);
        Assert.Equal(10, Plan(5000, limits, new PlanRequest { Resources = new() { Walltime = TimeSpan.FromMinutes(11) } }).TasksPerElement);
    }

    [Theory]
    [InlineData(10_000, 60, null, 10)]
    [InlineData(10_000, 60, 2000, 5)]
    [InlineData(10_000, 600, null, 1)]
    [InlineData(10_000, 599, null, 2)]
    [InlineData(150, 60, null, 1)]
    [InlineData(200, 60, null, 2)]
    [InlineData(100_000, 1, null, 58)] // 58 times the time limit of a minute, and the margin, is what an hour holds.
    public void Short_tasks_are_packed_to_ten_minutes_as_long_as_as_many_run_at_once(long tasks, int seconds, int? wanted, int expected)
    {
        SiteLimits limits = new() { MaxArrayIndex = 100_000, MaxWalltime = seconds == 1 ? TimeSpan.FromHours(1) : TimeSpan.FromDays(2) };
        PlanRequest request = new() { TaskDuration = Seconds(seconds), MaxConcurrentCount = wanted, Resources = new() { Walltime = TimeSpan.FromMinutes(seconds == 1 ? 1 : 11) } };
        RunPlan plan = Plan(tasks, limits, request);
        Assert.Equal(expected, plan.TasksPerElement);
        Assert.Equal(1, Plan(tasks, limits, request with { TaskDuration = null }).TasksPerElement);
        Assert.Equal(expected > 1, plan.Assumptions.Any(a => a.Contains("are short, and starting each by itself", StringComparison.Ordinal)));
        Assert.Equal(seconds == 1, plan.Assumptions.Any(a => a.Contains("would be better", StringComparison.Ordinal)));
    }

    [Fact]
    public void Short_tasks_without_a_time_limit_are_left_alone_with_a_word()
    {
        RunPlan plan = Plan(10_000, new SiteLimits { MaxArrayIndex = 100_000 }, new PlanRequest { TaskDuration = TimeSpan.FromMinutes(1) });
        Assert.Equal(1, plan.TasksPerElement);
        Assert.Contains(plan.Assumptions, a => a.Contains("10 in an element would be better, but the time limit of a task is not known", StringComparison.Ordinal));
    }

    [Fact]
    public void Packed_elements_are_evened_out()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxWalltime = TimeSpan.FromDays(2) };
        RunPlan plan = Plan(1010, limits, new PlanRequest { TaskDuration = TimeSpan.FromMinutes(1), MaxConcurrentCount = 101, Resources = new() { Walltime = TimeSpan.FromMinutes(5) } });
        Assert.Equal((10, 101L), (plan.TasksPerElement, plan.Arrays[0].ElementCount));
        RunPlan odd = Plan(1001, limits, new PlanRequest { TaskDuration = TimeSpan.FromMinutes(1), MaxConcurrentCount = 2, Resources = new() { Walltime = TimeSpan.FromMinutes(5) } });
        Assert.Equal((10, 101L), (odd.TasksPerElement, odd.Arrays[0].ElementCount));
        RunPlan few = Plan(11, limits, new PlanRequest { TaskDuration = TimeSpan.FromMinutes(2), MaxConcurrentCount = 2, Resources = new() { Walltime = TimeSpan.FromMinutes(5) } });
        Assert.Equal((4, 3L), (few.TasksPerElement, few.Arrays[0].ElementCount));
    }

    [Fact]
    public void A_chosen_number_of_tasks_in_an_element_is_kept_or_refused()
    {
        SiteLimits limits = new() { MaxArrayIndex = 10, MaxWalltime = TimeSpan.FromHours(10) };
        PlanRequest request = new() { TasksPerElement = 7, Resources = new() { Walltime = TimeSpan.FromHours(1) } };
        RunPlan plan = Plan(100, limits, request);
        Assert.Equal((2, 7, 16L), (plan.Arrays.Count, plan.TasksPerElement, plan.Arrays.Sum(a => a.ElementCount)));
        Assert.Equal(new TimeSpan(7, 1, 7), plan.ElementResources.Walltime);
        Assert.Equal(3, Plan(3, limits, request).TasksPerElement);
        HpcException error = Assert.Throws<HpcException>(() => Plan(100, limits, request with { TasksPerElement = 10 }));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains("an element of 10 tasks of 1h asks for 10h01m, c allows 10h", error.Message, StringComparison.Ordinal);
        Assert.Contains("at most 9 tasks", error.Remediation, StringComparison.Ordinal);
        error = Assert.Throws<HpcException>(() => Plan(100, limits with { MaxSubmittedElements = 12 }, request));
        Assert.Contains("100 tasks need 9 in an element at least", error.Message, StringComparison.Ordinal);
        RunPlan untimed = Plan(100, limits, request with { Resources = new() });
        Assert.Equal((TimeSpan.FromHours(10), null), (untimed.ElementResources.Walltime, untimed.Resources.Walltime));
        Assert.Contains(Plan(100, new SiteLimits(), request with { Resources = new() }).Assumptions, a => a.StartsWith("warning: no time limit", StringComparison.Ordinal));
    }

    [Fact]
    public void An_element_that_runs_several_at_once_asks_for_all_of_them()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxNodeProcessors = 16, MaxNodeMemoryBytes = 32 };
        PlanRequest request = new()
        {
            TasksPerElement = 10,
            ConcurrentTasksPerElement = 4,
            MaxConcurrentCount = 18,
            TaskDuration = TimeSpan.FromMinutes(10),
            Resources = new() { Cpus = 4, MemoryBytes = 8, Gpus = 1, Walltime = TimeSpan.FromHours(1) },
        };
        RunPlan plan = Plan(100, limits, request);
        Assert.Equal(new ResourceRequest { Cpus = 16, MemoryBytes = 32, Gpus = 4, Walltime = new TimeSpan(3, 1, 3) }, plan.ElementResources);
        Assert.Equal((4, 4, 16), (plan.Arrays[0].MaxConcurrentCount, plan.ConcurrentTasksPerElement, plan.MaxConcurrentCount));
        Assert.Equal(TimeSpan.FromMinutes(90), plan.EstimatedElapsed);
        Assert.Contains("20 processors", Assert.Throws<HpcException>(() => Plan(100, limits, request with { ConcurrentTasksPerElement = 5 })).Message, StringComparison.Ordinal);
        RunPlan alone = Plan(100, limits, request with { TasksPerElement = null });
        Assert.Equal((4, TimeSpan.FromHours(1)), (alone.TasksPerElement, alone.ElementResources.Walltime));
        Assert.Equal(2, Plan(100, limits, request with { MaxConcurrentCount = 2 }).ConcurrentTasksPerElement);
    }

    [Theory]
    [InlineData("cpus", "a task asks for 65 processors, a node of c has at most 64 (as the site said 2h ago)")]
    [InlineData("memory", "a task asks for 9 GiB of memory, a node of c has at most 8 GiB")]
    [InlineData("walltime", "a task asks for 1d01h, c allows 1d00h")]
    [InlineData("duration", "a task takes 1d01h, c allows 1d00h")]
    [InlineData("partition", "c has no partition 'shrt' (as the site said 2h ago). Did you mean 'short'?")]
    [InlineData("tasks", "the number of tasks is 0")]
    [InlineData("zero", "the time limit of a task must be above zero")]
    public void What_the_site_can_never_run_is_refused(string what, string says)
    {
        SiteLimits limits = new()
        {
            MaxNodeProcessors = 64,
            MaxNodeMemoryBytes = 8L << 30,
            MaxWalltime = TimeSpan.FromDays(1),
            Partitions = [new("short", true, TimeSpan.FromDays(1), true), new("long", true, TimeSpan.FromDays(7), false)],
            AskedAt = s_now.AddHours(-2),
        };
        PlanRequest request = what switch
        {
            "cpus" => new() { Resources = new() { Cpus = 65 } },
            "memory" => new() { Resources = new() { MemoryBytes = 9L << 30 } },
            "walltime" => new() { Resources = new() { Walltime = TimeSpan.FromHours(25) } },
            "duration" => new() { TaskDuration = TimeSpan.FromHours(25) },
            "partition" => new() { Options = new() { Partition = "shrt" } },
            "zero" => new() { Resources = new() { Walltime = TimeSpan.Zero } },
            _ => new(),
        };
        HpcException error = Assert.Throws<HpcException>(() => Plan(what == "tasks" ? 0 : 10, limits, request));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(error.Remediation));
        if (what is "walltime" or "duration") Assert.Contains("allowed in: long", error.Remediation, StringComparison.Ordinal);
        Assert.NotNull(Plan(10, limits, new PlanRequest { Options = new() { Partition = "long" }, Resources = new() { Walltime = TimeSpan.FromDays(7) } }));
        Assert.NotNull(Plan(10, limits, new PlanRequest { Options = new() { Partition = "short,long" } }));
    }

    [Fact]
    public void A_partition_that_is_down_is_a_warning()
    {
        SiteLimits limits = new() { Partitions = [new("a", false, TimeSpan.FromHours(1), false)] };
        SiteConfig site = s_site with { Options = new() { Partition = "a" }, Limits = new() { MaxWalltime = TimeSpan.FromHours(2) } };
        RunPlan plan = BatchPlanner.Plan(site, SiteLimits.Merge(site.Limits, limits), 1, new PlanRequest());
        Assert.Contains(plan.Assumptions, a => a.StartsWith("warning: a is down", StringComparison.Ordinal));
        Assert.Contains("warning: a allows 1h (as the site says), less than 2h (configured in /f.yaml:1)", plan.Assumptions);
    }

    [Fact]
    public void Queues_of_grid_engine_may_be_patterns_and_hosts()
    {
        SiteConfig site = s_site with { Scheduler = "sge" };
        SiteLimits limits = new() { Partitions = [new("all.q", true, null, false)] };
        foreach (string queue in new[] { "all.q", "all.q@node1", "gpu*", "*@@hosts" })
            Assert.NotNull(BatchPlanner.Plan(site, limits, 1, new PlanRequest { Options = new() { Queue = queue } }));
        Assert.Throws<HpcException>(() => BatchPlanner.Plan(site, limits, 1, new PlanRequest { Options = new() { Queue = "no.q" } }));
    }

    [Fact]
    public void The_sites_default_time_limit_is_taken_and_capped()
    {
        SiteConfig site = s_site with { DefaultWalltime = TimeSpan.FromHours(4), Places = new Dictionary<string, string> { ["default_walltime_sec"] = "/f.yaml:7" } };
        RunPlan plan = BatchPlanner.Plan(site, new SiteLimits(), 1, new PlanRequest());
        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromHours(4)), (plan.Resources.Walltime, plan.ElementResources.Walltime));
        Assert.Contains("a task may take 4h (configured in /f.yaml:7)", plan.Assumptions);
        Assert.Equal(TimeSpan.FromHours(2), BatchPlanner.Plan(site, new SiteLimits { MaxWalltime = TimeSpan.FromHours(2) }, 1, new PlanRequest()).Resources.Walltime);
        Assert.Equal(TimeSpan.FromHours(1), BatchPlanner.Plan(site, new SiteLimits(), 1, new PlanRequest { Resources = new() { Walltime = TimeSpan.FromHours(1) } }).Resources.Walltime);
        Assert.Null(Plan(1, new SiteLimits { DefaultWalltime = TimeSpan.FromHours(1) }, new PlanRequest()).ElementResources.Walltime);
    }

    [Theory]
    [InlineData(0L, null, null)]
    [InlineData(null, 0L, null)]
    [InlineData(null, null, 0L)]
    public void A_site_that_takes_no_arrays_is_said_so(long? index, long? submitted, long? jobs)
    {
        SiteLimits limits = new() { MaxArrayIndex = index, MaxSubmittedElements = submitted, MaxJobs = jobs };
        foreach (int? chosen in new int?[] { null, 1 })
        {
            HpcException error = Assert.Throws<HpcException>(() => Plan(1, limits, new PlanRequest { TasksPerElement = chosen }));
            Assert.Contains("no array can be sent", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Limits_that_nobody_knows_are_the_schedulers_own()
    {
        RunPlan slurm = Plan(1500, new SiteLimits(), new PlanRequest());
        Assert.Equal(2, slurm.Arrays.Count);
        Assert.Contains(slurm.Assumptions, a => a.StartsWith("arrays end at index 1000 (not known, the default of slurm is assumed)", StringComparison.Ordinal));
        Assert.Contains("c has not been asked for its limits yet", slurm.Assumptions);
        Assert.Single(BatchPlanner.Plan(s_site with { Scheduler = "sge" }, new SiteLimits(), 75_000, new PlanRequest()).Arrays);
    }

    [Fact]
    public void Elements_of_years_are_not_planned_even_if_no_limit_is_known()
    {
        SiteLimits limits = new() { MaxSubmittedElements = 3 };
        PlanRequest request = new() { Resources = new() { Walltime = TimeSpan.FromHours(1) } };
        Assert.Equal(TimeSpan.FromHours(3400) + TimeSpan.FromSeconds(3460), Plan(3 * 3400, limits, request).ElementResources.Walltime);
        HpcException error = Assert.Throws<HpcException>(() => Plan(2_000_000_000, limits, request));
        Assert.Contains("nothing longer is ever asked for", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(1_000_000_000)]
    [InlineData(1_000_000_000_000)]
    public void Huge_counts_cost_nothing_by_the_task(long tasks)
    {
        PlanRequest request = new() { Resources = new() { Walltime = TimeSpan.FromSeconds(1) }, TaskDuration = TimeSpan.FromSeconds(1), MaxConcurrentCount = 1 };
        long before = GC.GetAllocatedBytesForCurrentThread();
        RunPlan plan = Plan(tasks, new SiteLimits { MaxArrayIndex = 1000 }, request);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4_000_000);
        Assert.Equal(tasks, plan.Arrays.Sum(a => a.TaskCount));
        Assert.InRange(plan.Arrays.Count, 1, 1000);
    }

    [Fact]
    public void Equal_requests_give_equal_plans()
    {
        SiteLimits limits = new() { MaxArrayIndex = 7, MaxSubmittedElements = 40, AskedAt = s_now };
        PlanRequest request = new() { MaxConcurrentCount = 11, Resources = new() { Walltime = TimeSpan.FromMinutes(3) } };
        (RunPlan a, RunPlan b) = (Plan(99, limits, request), Plan(99, limits, request));
        Assert.Equal(a.Arrays, b.Arrays);
        Assert.Equal(a.Assumptions, b.Assumptions);
        Assert.Equal(a with { Arrays = [], Assumptions = [] }, b with { Arrays = a.Arrays, Assumptions = [] } with { Arrays = [] });
    }

    private static RunPlan Plan(long tasks, SiteLimits limits, PlanRequest request) => BatchPlanner.Plan(s_site, limits, tasks, request, s_now);

    private static TimeSpan? Seconds(int? seconds) => seconds is { } s ? TimeSpan.FromSeconds(s) : null;
}
