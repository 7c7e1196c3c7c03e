using System.Diagnostics;
using System.Globalization;
using HpcAgent.Engine.Local;
using HpcAgent.Engine.Submission;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Benchmarks;

/// <summary>Plans and identifies 10^6 tasks in a fresh process, and says milliseconds, peak bytes and identity.</summary>
internal static class PlanProcess
{
    public static void Run()
    {
        long began = Stopwatch.GetTimestamp();
        object?[] values = [.. Enumerable.Range(0, 10).Select(i => (object?)(long)i)];
        GridTaskSet tasks = GridTaskSet.Create("abcdef".Select(a => KeyValuePair.Create(a.ToString(), (object?)values)));
        TaskIdentity identity = TaskIdentity.Compute(tasks);
        LocalCluster local = new(new LocalFolder("/nonexistent"), "/nonexistent", new SupervisorProgram("/nonexistent", "none", []), new SupervisorOptions());
        RunPlan plan = local.Plan(identity.Count, new PlanRequest());
        double milliseconds = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (plan.TaskCount != 1_000_000) throw new InvalidOperationException($"planned {plan.TaskCount} tasks");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} {OwnMemory.PeakBytes()} {identity.CmdSha}"));
    }
}
