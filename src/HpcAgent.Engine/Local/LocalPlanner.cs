using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Local;

/// <summary>Plans for one machine: one array, as many tasks at once as processors, memory and the request allow.</summary>
internal static class LocalPlanner
{
    public static RunPlan Plan(string cluster, long taskCount, PlanRequest request, SupervisorOptions machine)
    {
        ResourceRequest each = request.Resources;
        Refuse(each.Cpus > machine.Slots, $"a task asks for {each.Cpus} processors, this machine has {machine.Slots}", "Ask for fewer processors.");
        Refuse(each.MemoryBytes > machine.MemoryBytes, $"a task asks for {each.MemoryBytes} bytes of memory, this machine has {machine.MemoryBytes}", "Ask for less memory.");
        Refuse(each.Gpus > 0, "the embedded scheduler does not hand out graphics processors", "Leave out the request for GPUs, or name a cluster that has them.");
        if (Path.IsPathRooted(request.Shell) && !File.Exists(request.Shell))
            throw new HpcException(ErrorCode.ExecutorNotFound, $"the shell {request.Shell} does not exist on this machine", "Give the path of a shell, or leave it out for bash.");
        List<string> assumptions = [];
        int concurrent = machine.Slots / each.Cpus;
        assumptions.Add($"{machine.Slots} processors, {each.Cpus} for each task: {concurrent} tasks at once");
        if (each.MemoryBytes is { } bytes && machine.MemoryBytes / bytes < concurrent)
        {
            concurrent = (int)(machine.MemoryBytes / bytes);
            assumptions.Add($"memory allows {concurrent} tasks at once");
        }
        if (request.MaxConcurrentCount is { } wanted && wanted < concurrent)
        {
            concurrent = wanted;
            assumptions.Add($"the request allows {concurrent} at once");
        }
        concurrent = (int)Math.Min(concurrent, taskCount);
        TimeSpan? estimate = null;
        if (request.Duration is { } duration)
        {
            estimate = duration * Math.Ceiling((double)taskCount / concurrent);
            assumptions.Add(request.TaskDuration is null ? request.History!.Sentence : $"a task takes {DurationText.Format(duration)}");
        }
        string tail = estimate is { } e ? $", ~{DurationText.Format(e)} est." : "";
        return new RunPlan
        {
            Cluster = cluster,
            TaskCount = taskCount,
            TasksPerElement = 1,
            MaxConcurrentCount = concurrent,
            Arrays = [new PlanArray(0, 0, taskCount, taskCount, 0)],
            Resources = each,
            Strategy = $"1 array ({taskCount} tasks), {concurrent} at once{tail}",
            EstimatedElapsed = estimate,
            Assumptions = assumptions,
        };
    }

    private static void Refuse(bool condition, string message, string remediation)
    {
        if (condition) throw new HpcException(ErrorCode.SpecInvalid, message, remediation);
    }
}
