using System.Globalization;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Planning;

/// <summary>Refuses what a site can never run, before anything is sent.</summary>
internal static class PlanChecks
{
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: a number of the request is out of range.</exception>
    public static void Request(long taskCount, PlanRequest request)
    {
        AtLeastOne(taskCount, "tasks");
        AtLeastOne(request.Resources.Cpus, "processors of a task");
        AtLeastOne(request.MaxConcurrentCount, "tasks that may run at once");
        AtLeastOne(request.TasksPerElement, "tasks of an array element");
        AtLeastOne(request.ConcurrentTasksPerElement, "tasks that an array element runs at once");
        if (request.Resources.Walltime <= TimeSpan.Zero) throw Refused("the time limit of a task must be above zero", "Give a longer one, or none.");
    }

    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: no node is that large, or no limit that long.</exception>
    public static void Site(PlanLimits limits, PlanRequest request, PlanTime time)
    {
        ResourceRequest each = request.Resources;
        string who = time.AtOnce == 1 ? "a task asks for" : $"{time.AtOnce} tasks at once in an element ask for";
        if ((long)each.Cpus * time.AtOnce > limits.All.MaxNodeProcessors)
            throw Refused($"{who} {(long)each.Cpus * time.AtOnce} processors, a node of {limits.Cluster} has at most {limits.All.MaxNodeProcessors} ({limits.ProcessorsSource})", "Ask for fewer processors.");
        double bytes = (double)(each.MemoryBytes ?? 0) * time.AtOnce;
        if (bytes > limits.All.MaxNodeMemoryBytes)
            throw Refused($"{who} {Gigabytes(bytes)} of memory, a node of {limits.Cluster} has at most {Gigabytes(limits.All.MaxNodeMemoryBytes.Value)} ({limits.MemorySource})", "Ask for less memory.");
        if (each.Walltime > limits.Cap)
            throw Refused($"a task asks for {DurationText.Format(each.Walltime.Value)}, {limits.Cluster} allows {DurationText.Format(limits.Cap.Value)} ({limits.CapSource})", $"Ask for less time.{PlanPartitions.Longer(limits, each.Walltime.Value)}");
        if (request.TaskDuration > limits.Cap)
            throw Refused($"a task takes {DurationText.Format(request.TaskDuration.Value)}, {limits.Cluster} allows {DurationText.Format(limits.Cap.Value)} ({limits.CapSource})", $"Make tasks shorter.{PlanPartitions.Longer(limits, request.TaskDuration.Value)}");
    }

    private static void AtLeastOne(long? value, string what)
    {
        if (value < 1) throw Refused(string.Create(CultureInfo.InvariantCulture, $"the number of {what} is {value}"), "Give at least 1.");
    }

    private static string Gigabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.##} GiB");

    private static HpcException Refused(string message, string remediation) => new(ErrorCode.SpecInvalid, message, remediation);
}
