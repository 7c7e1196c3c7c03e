using System.Text;
using System.Text.Json;
using HpcAgent.Engine.Runs;

namespace HpcAgent.Engine.Tests.Runs;

public sealed class RunPlanJsonTests
{
    [Fact]
    public void A_plan_with_packed_elements_and_lanes_comes_back()
    {
        RunPlan plan = Samples.Plan with
        {
            ConcurrentTasksPerElement = 2,
            ElementResources = Samples.Plan.Resources with { Cpus = 4, Walltime = TimeSpan.FromHours(99) },
            Arrays = [new PlanArray(0, 0, 3, 2, 0) { MaxConcurrentCount = 1 }, new PlanArray(1, 3, 2, 1, 1, 0)],
        };
        RunPlan read = RunPlanJson.Read(Samples.Json(Write(plan)));
        Assert.Equal(plan.Arrays, read.Arrays);
        Assert.Equal(plan, read with { Arrays = plan.Arrays, Assumptions = plan.Assumptions });
    }

    [Fact]
    public void A_plan_from_before_these_fields_reads_well()
    {
        string json = Write(Samples.Plan);
        Assert.DoesNotContain("element_resources", json, StringComparison.Ordinal);
        Assert.DoesNotContain("concurrent_tasks_per_element", json, StringComparison.Ordinal);
        RunPlan read = RunPlanJson.Read(Samples.Json(json));
        Assert.Equal((1, read.Resources), (read.ConcurrentTasksPerElement, read.ElementResources));
        Assert.All(read.Arrays, array => Assert.Null(array.MaxConcurrentCount));
    }

    private static string Write(RunPlan plan)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream)) RunPlanJson.Write(writer, plan);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
