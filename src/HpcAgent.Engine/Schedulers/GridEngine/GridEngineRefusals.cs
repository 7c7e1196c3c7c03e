namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>Why Grid Engine refuses (the answers of a real 8.1.9).</summary>
internal static class GridEngineRefusals
{
    /// <summary>The rules, most special first.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
    [
        new(ErrorCode.SchedulerThrottled, "Wait one, two, four seconds between tries. Whether a submission got in must be asked by its name first.",
            "Resource temporarily unavailable", "got send timeout", "try again later", "too many clients", "max number of dynamic event clients"),
        new(ErrorCode.ClusterTimeout, "Grid Engine's qmaster is down or restarting: try again in some minutes ('qstat' there tells).",
            "unable to send message to qmaster", "unable to contact qmaster", "commlib error", "cl_com", "unable to read qmaster name", "can't connect to service", "failed receiving gdi request"),
        new(ErrorCode.PreconditionFailed, "Wait until jobs of yours have ended, or put more tasks into one element so that fewer arrays are needed; 'qconf -sconf' shows max_u_jobs and max_jobs.",
            "jobs are allowed per user", "jobs are allowed in the system", "jobs are allowed per"),
        new(ErrorCode.SpecInvalid, "The array is larger than the site allows: set constraints.max_array_size in clusters.yaml to max_aj_tasks of 'qconf -sconf', or refresh the limits.",
            "job with more than", "invalid task id"),
        new(ErrorCode.SpecInvalid, "No queue can ever run this: lower processors, memory, time or graphics processors, or correct queue and resources in clusters.yaml ('qsub -w v' with the same options tells what is missing). If the site's check is wrong, add -w n to the extra flags.",
            "no suitable queues", "cannot run in queue", "cannot run in PE"),
        new(ErrorCode.SpecInvalid, "Choose one that exists ('qconf -spl' lists them): the key parallel_environment in clusters.yaml.", "parallel environment"),
        new(ErrorCode.SpecInvalid, "Choose one that exists ('qconf -sql' lists them): the queue in clusters.yaml or in the request.", "unknown queue"),
        new(ErrorCode.SpecInvalid, "Choose a project that exists ('qconf -sprjl' lists them): the key account in clusters.yaml.", "the requested project", "No access to project", "no project"),
        new(ErrorCode.SpecInvalid, "Name a complex that the site has ('qconf -sc' lists them): memory_complex and gpu_resource in clusters.yaml.",
            "unknown resource", "is not a time value", "is not a memory value", "not a requestable", "is not requestable", "denied: resource"),
        new(ErrorCode.SpecInvalid, "This is a fault of the name: use letters, digits and dashes, a letter first.", "is not a valid object name", "argument to -N option"),
        new(ErrorCode.PreconditionFailed, "Free space on that file system of the cluster, then try again.", "No space left on device", "Disk quota exceeded"),
        new(ErrorCode.PreconditionFailed, "Ask the site for the right to submit from that host.", "is no submit host", "has no permission", "access denied", "denied: host"),
        new(ErrorCode.PreconditionFailed, "Load the site's settings in the shell's start-up file: . $SGE_ROOT/default/common/settings.sh.", "SGE_ROOT", "Please set the environment variable"),
        new(ErrorCode.SpecInvalid, "Correct the extra flags in clusters.yaml or in the request; 'qsub -help' on the cluster lists what it knows.", "invalid option argument", "Unknown option", "job rejected"),
    ];
}
