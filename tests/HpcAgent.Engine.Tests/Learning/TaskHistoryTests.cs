using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Tests.Learning;

public class TaskHistoryTests
{
    private static readonly SiteConfig Site = new() { Name = "site", Scheduler = "slurm", Origin = "test" };
    private static readonly SiteLimits Limits = new() { MaxArrayIndex = 1000, MaxWalltime = TimeSpan.FromDays(1) };

    [Fact]
    public void Only_completed_tasks_of_the_same_command_count()
    {
        List<RuntimeSample> samples = [.. Enumerable.Range(1, 20).Select(s => Sample(s, "a")), Sample(9000, "b"), Sample(9000, "a") with { State = TaskState.Timeout }];
        Assert.Equal(
            new TaskHistory(20, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(19), TimeSpan.FromSeconds(20)), TaskHistory.Of(samples, "a"));
        Assert.Null(TaskHistory.Of(samples, "b"));
        Assert.Null(TaskHistory.Of([], "a"));
    }

    [Fact]
    public void The_planner_takes_the_median_for_a_tasks_duration_and_says_so()
    {
        TaskHistory history = new(240, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
        RunPlan plan = BatchPlanner.Plan(Site, Limits, 60_000, new PlanRequest { History = history });
        RunPlan told = BatchPlanner.Plan(Site, Limits, 60_000, new PlanRequest { TaskDuration = TimeSpan.FromSeconds(2), Resources = new ResourceRequest { Walltime = TimeSpan.FromMinutes(1) } });
        Assert.Equal((told.TasksPerElement, told.EstimatedElapsed), (plan.TasksPerElement, plan.EstimatedElapsed));
        Assert.True(plan.TasksPerElement > 100);
        Assert.Contains("a task takes 2s: the median of 240 tasks of this command that completed here; nineteen of twenty took 5s at most", plan.Assumptions);
        // Nobody gave a time limit: an element of many tasks gets one that can be told.
        Assert.Equal(TimeSpan.FromMinutes(1), plan.Resources.Walltime);
        Assert.Contains(plan.Assumptions, line => line.StartsWith("a task may take 1m: twice the longest of 240 tasks", StringComparison.Ordinal));
        Assert.Equal(told.ElementResources.Walltime, plan.ElementResources.Walltime);
    }

    [Fact]
    public void What_the_request_says_wins()
    {
        TaskHistory history = new(240, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9));
        PlanRequest request = new() { TaskDuration = TimeSpan.FromHours(1), Resources = new ResourceRequest { Walltime = TimeSpan.FromHours(2) } };
        Assert.Equivalent(BatchPlanner.Plan(Site, Limits, 600, request), BatchPlanner.Plan(Site, Limits, 600, request with { History = history }), strict: true);
    }

    [Fact]
    public void A_task_by_itself_gets_no_limit_that_was_only_learnt()
    {
        TaskHistory history = new(240, TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3));
        RunPlan plan = BatchPlanner.Plan(Site, Limits, 600, new PlanRequest { History = history });
        Assert.Equal((1, null), (plan.TasksPerElement, plan.Resources.Walltime));
        Assert.DoesNotContain(plan.Assumptions, line => line.Contains("twice the longest", StringComparison.Ordinal));
    }

    [Fact]
    public void A_few_samples_give_no_limit()
    {
        Assert.Null(new TaskHistory(19, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)).Limit);
        Assert.Equal(TimeSpan.FromMinutes(5), new TaskHistory(20, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(121)).Limit);
    }

    private static RuntimeSample Sample(int seconds, string command) => new()
    {
        RunId = "r",
        TaskId = seconds,
        Attempt = 1,
        State = TaskState.Complete,
        Command = RuntimeSample.CommandOf(command),
        Elapsed = TimeSpan.FromSeconds(seconds),
    };
}
