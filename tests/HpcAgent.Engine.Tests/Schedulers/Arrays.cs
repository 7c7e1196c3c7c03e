using HpcAgent.Engine.Schedulers;

namespace HpcAgent.Engine.Tests.Schedulers;

internal static class Arrays
{
    public static readonly IScheduler Slurm = SchedulerFactory.Create("slurm");
    public static readonly IScheduler GridEngine = SchedulerFactory.Create("sge");

    public static ArraySubmission Small(string root = "/scratch/me/run") => new()
    {
        JobName = "hpc-a1b2",
        Index = 2,
        ElementCount = 10,
        RunFolder = root,
        ScriptPath = root + "/job.2",
        OutputFolder = root + "/logs",
        Resources = new ResourceRequest(),
    };

    public static ArraySubmission Full(string root = "/scratch/me/run") => Small(root) with
    {
        MaxConcurrentCount = 4,
        WaitsForAnother = true,
        GraceSeconds = 25,
        Resources = new ResourceRequest { Cpus = 3, MemoryBytes = (8L << 30) + 1, Walltime = TimeSpan.FromMinutes(90.5), Gpus = 2 },
        Options = new SchedulerOptions
        {
            Partition = "gpu",
            Account = "phys",
            Qos = "long",
            Constraint = "a100|v100",
            Queue = "gpu.q",
            ParallelEnvironment = "smp",
            GpuType = "a100",
            ExtraFlags = ["--exclusive", "--comment=two words"],
        },
    };
}
