using FsCheck;
using FsCheck.Fluent;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Operations.Canary;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Operations.Canary;

public sealed class CanaryOfferTests
{
    private const long Mega = 1 << 20;
    private static readonly SiteConfig s_site = new() { Name = "c", Scheduler = "slurm", Origin = "/f.yaml:1" };

    [Theory]
    [InlineData(0.01, 360, 11)]
    [InlineData(60, 360, 120)]
    [InlineData(300, 600, 600)]
    [InlineData(3601, 7260, 7202)]
    public void The_time_limit_is_twice_what_was_measured_with_room_for_short_tasks(double measured, double alone, double packed)
    {
        Assert.Equal(alone, CanaryOffer.Walltime(TimeSpan.FromSeconds(measured)).TotalSeconds);
        Assert.Equal(packed, CanaryOffer.PackedWalltime(TimeSpan.FromSeconds(measured)).TotalSeconds);
    }

    [Theory]
    [InlineData(1, 320)]
    [InlineData(512 * Mega, 768)]
    [InlineData((10_000 * Mega) + 1, 15_040)]
    public void The_memory_is_half_as_much_again_and_256_MiB_more_at_least(long measured, long mebibytes) =>
        Assert.Equal(mebibytes * Mega, CanaryOffer.Memory(measured));

    [Fact]
    public void What_is_offered_is_always_more_than_what_was_measured() => Prop.ForAll(
        Gen.Choose(1, 4_000_000).ToArbitrary(),
        n =>
        {
            TimeSpan time = TimeSpan.FromMilliseconds(n);
            Assert.InRange(CanaryOffer.Walltime(time), time * 2, (time * 2) + TimeSpan.FromMinutes(7));
            Assert.InRange(CanaryOffer.PackedWalltime(time), time * 2, (time * 2) + TimeSpan.FromSeconds(12));
            long memory = n * 10_000L;
            Assert.InRange(CanaryOffer.Memory(memory), memory * 3 / 2, (memory * 3 / 2) + (320 * Mega));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_plan_takes_what_is_not_given_and_says_so()
    {
        RunPlan plan = Plan(new PlanRequest(), Canary(1800, 900 * Mega), 50);
        Assert.Equal((TimeSpan.FromHours(1), 1408 * Mega), (plan.Resources.Walltime, plan.Resources.MemoryBytes));
        Assert.Equal("the canary r-canary took 30m and 900M of memory at its peak", plan.Assumptions[0]);
        Assert.StartsWith("a task may take 1h: twice what the canary took", plan.Assumptions[1], StringComparison.Ordinal);
        Assert.StartsWith("a task asks for 1408M of memory: half as much again", plan.Assumptions[2], StringComparison.Ordinal);
        Assert.Contains("a task takes 30m", plan.Assumptions);
        Assert.Equal(TimeSpan.FromMinutes(30), plan.EstimatedElapsed);
    }

    [Fact]
    public void A_plan_keeps_what_is_given()
    {
        PlanRequest given = new() { Resources = new ResourceRequest { Walltime = TimeSpan.FromHours(3), MemoryBytes = 2000 * Mega }, TaskDuration = TimeSpan.FromMinutes(40) };
        RunPlan plan = Plan(given, Canary(1800, 900 * Mega), 50);
        Assert.Equal((TimeSpan.FromHours(3), 2000 * Mega), (plan.Resources.Walltime, plan.Resources.MemoryBytes));
        Assert.Equal("the canary r-canary took 30m and 900M of memory at its peak", plan.Assumptions[0]);
        Assert.DoesNotContain(plan.Assumptions, a => a.Contains("twice", StringComparison.Ordinal) || a.Contains("half", StringComparison.Ordinal));
        Assert.Contains("a task takes 40m", plan.Assumptions);
    }

    [Fact]
    public void Memory_that_is_not_known_is_not_asked_for()
    {
        RunPlan plan = Plan(new PlanRequest(), Canary(60, null), 5);
        Assert.Null(plan.Resources.MemoryBytes);
        Assert.Contains("the canary's peak memory is not known: no memory is asked for", plan.Assumptions);
    }

    [Fact]
    public void Short_tasks_are_packed_and_their_element_does_not_ask_for_days()
    {
        RunPlan plan = Plan(new PlanRequest(), Canary(1, 50 * Mega), 100_000);
        Assert.InRange(plan.TasksPerElement, 590, 600);
        Assert.Equal(TimeSpan.FromSeconds(11), plan.Resources.Walltime);
        Assert.InRange(plan.ElementResources.Walltime!.Value, TimeSpan.FromMinutes(10), TimeSpan.FromHours(2.1));
        Assert.Contains(plan.Assumptions, a => a.Contains("at least ten seconds more", StringComparison.Ordinal));
    }

    [Fact]
    public void What_does_not_fit_the_site_with_its_margin_is_said_and_not_asked_for()
    {
        SiteLimits limits = new() { MaxArrayIndex = 1000, MaxWalltime = TimeSpan.FromHours(1) };
        RunPlan plan = Plan(new PlanRequest(), Canary(2400, 50 * Mega), 5, limits);
        Assert.False(plan.Resources.Walltime > limits.MaxWalltime);
        Assert.Contains(plan.Assumptions, a => a.StartsWith("what the canary needed is not taken", StringComparison.Ordinal) && a.Contains("1h", StringComparison.Ordinal));
        RunPlan close = Plan(new PlanRequest(), Canary(60, 50 * Mega), 5, limits with { MaxWalltime = TimeSpan.FromMinutes(5) });
        Assert.Equal(TimeSpan.FromMinutes(2), close.Resources.Walltime);
    }

    [Fact]
    public void A_canary_that_needed_more_than_is_given_stops_the_run_with_both_numbers()
    {
        PlanRequest given = new() { Resources = new ResourceRequest { Walltime = TimeSpan.FromMinutes(10), MemoryBytes = 1024 * Mega } };
        HpcException error = Assert.Throws<HpcException>(() => new CanaryOffer(given, Canary(660, 1500 * Mega)).Check());
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Equal("the canary r-canary needed 1500M of memory, and 1024M is asked for; it needed 11m, and 10m is asked for: the run was not submitted", error.Message);
        Assert.Contains("2304M of memory and 22m of time", error.Remediation, StringComparison.Ordinal);
        Assert.IsType<CanaryVerdict>(error.Subject);
        new CanaryOffer(given, Canary(600, 1024 * Mega)).Check();
        new CanaryOffer(given, Canary(600, null)).Check();
    }

    [Fact]
    public void A_canary_that_came_near_to_what_is_given_warns()
    {
        PlanRequest given = new() { Resources = new ResourceRequest { Walltime = TimeSpan.FromMinutes(10), MemoryBytes = 1000 * Mega } };
        Assert.Equal(2, new CanaryOffer(given, Canary(560, 950 * Mega)).Warnings().Count());
        Assert.Empty(new CanaryOffer(given, Canary(500, 850 * Mega)).Warnings());
        Assert.Empty(new CanaryOffer(new PlanRequest(), Canary(500, 850 * Mega)).Warnings());
    }

    private static RunPlan Plan(PlanRequest request, CanaryVerdict canary, long tasks, SiteLimits? limits = null) => new CanaryOffer(request, canary).Plan(
        r => BatchPlanner.Plan(s_site, limits ?? new SiteLimits { MaxArrayIndex = 10_000, DefaultWalltime = TimeSpan.FromMinutes(20) }, tasks, r));

    private static CanaryVerdict Canary(double seconds, long? bytes) => new()
    {
        RunId = "r-canary",
        Cluster = "c",
        Details = "its task succeeded",
        Task = new RunTaskStatus { RunId = "r-canary", TaskId = 0, State = TaskState.Complete, Attempt = 1, Elapsed = TimeSpan.FromSeconds(seconds), PeakMemoryBytes = bytes },
    };
}
