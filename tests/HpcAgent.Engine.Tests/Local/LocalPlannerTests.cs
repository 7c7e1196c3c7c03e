using HpcAgent.Engine.Local;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Local;

public sealed class LocalPlannerTests
{
    private static readonly SupervisorOptions s_machine = new() { Slots = 8, MemoryBytes = 16L << 30 };

    [Theory]
    [InlineData(100, 1, null, null, 8)]
    [InlineData(100, 3, null, null, 2)]
    [InlineData(100, 8, null, null, 1)]
    [InlineData(100, 1, 5L << 30, null, 3)]
    [InlineData(100, 1, 16L << 30, null, 1)]
    [InlineData(100, 1, null, 4, 4)]
    [InlineData(100, 1, null, 99, 8)]
    [InlineData(3, 1, null, null, 3)]
    public void As_many_at_once_as_processors_memory_and_request_allow(long tasks, int cpus, long? memory, int? wanted, int expected)
    {
        RunPlan plan = Plan(tasks, new PlanRequest { Resources = new ResourceRequest { Cpus = cpus, MemoryBytes = memory }, MaxConcurrentCount = wanted });
        Assert.Equal((expected, tasks, 1), (plan.MaxConcurrentCount, plan.TaskCount, plan.TasksPerElement));
        Assert.Equal(new PlanArray(0, 0, tasks, tasks, 0), Assert.Single(plan.Arrays));
        Assert.NotEmpty(plan.Assumptions);
        Assert.Contains($"{expected} at once", plan.Strategy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_estimate_follows_from_the_time_of_a_task()
    {
        RunPlan plan = Plan(17, new PlanRequest { TaskDuration = TimeSpan.FromMinutes(20) });
        Assert.Equal(TimeSpan.FromHours(1), plan.EstimatedElapsed);
        Assert.EndsWith("~1h est.", plan.Strategy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(9, null, 0, "9 processors")]
    [InlineData(1, (16L << 30) + 1, 0, "bytes of memory")]
    [InlineData(1, null, 1, "graphics")]
    public void What_the_machine_can_never_run_is_refused(int cpus, long? memory, int gpus, string says)
    {
        HpcException error = Assert.Throws<HpcException>(() => Plan(1, new PlanRequest { Resources = new ResourceRequest { Cpus = cpus, MemoryBytes = memory, Gpus = gpus } }));
        Assert.Equal(ErrorCode.SpecInvalid, error.Code);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Remediation);
    }

    [Fact]
    public void A_shell_that_is_not_there_is_refused()
    {
        HpcException error = Assert.Throws<HpcException>(() => Plan(1, new PlanRequest { Shell = "/no/shell" }));
        Assert.Equal(ErrorCode.ExecutorNotFound, error.Code);
        Assert.Equal(1, Plan(1, new PlanRequest { Shell = "sh" }).TaskCount);
    }

    [Fact]
    public void Equal_requests_give_equal_plans() => Assert.Equal(Plan(5, new PlanRequest()).ToString(), Plan(5, new PlanRequest()).ToString());

    private static RunPlan Plan(long tasks, PlanRequest request) => LocalPlanner.Plan("local", tasks, request, s_machine);
}
