namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>Why Slurm refuses (slurm_errno.c and the answers of a real 22.05).</summary>
internal static class SlurmRefusals
{
    /// <summary>The rules, most special first: one answer often holds a general sentence beside a telling word.</summary>
    public static IReadOnlyList<Refusal> All { get; } =
    [
        new(ErrorCode.SchedulerThrottled, "Wait one, two, four seconds between tries. Whether a submission got in must be asked by its name first.",
            "temporarily unable to accept job", "Socket timed out", "Resource temporarily unavailable", "rate limit", "Too many requests", "Slurm is busy"),
        new(ErrorCode.ClusterTimeout, "Slurm's controller or database is down or restarting: try again in some minutes ('scontrol ping' there tells).",
            "Unable to contact slurm controller", "Connection refused", "Connection timed out", "Problem talking to the database", "failed to open persistent connection", "Could not establish a configuration source"),
        new(ErrorCode.PreconditionFailed, "Wait until jobs of yours have ended, or put more tasks into one element (tasks per job) so that fewer elements wait at once. 'sacctmgr show qos' and 'sacctmgr show assoc' show the limit.",
            "MaxSubmitJob", "GrpSubmitJob", "MaxSubmitPU", "MaxSubmitPA", "Reached MaxJobCount", "job count limit"),
        new(ErrorCode.SpecInvalid, "Ask for less time, or for a partition that allows more (sinfo -o '%P %l'): walltime in the request, default_partition in clusters.yaml.",
            "Requested time limit is invalid", "MaxWallDuration", "Invalid --time specification", "Time limit specification required"),
        new(ErrorCode.SpecInvalid, "Ask for less memory, or for a partition with larger nodes (sinfo -o '%P %m').",
            "Memory specification can not be satisfied", "Invalid --mem specification", "MaxMemPer", "Memory required by task is not available"),
        new(ErrorCode.SpecInvalid, "Choose one that exists (sinfo -o '%P'): default_partition in clusters.yaml, or the partition of the request.",
            "Invalid partition", "invalid partition specified", "not permitted to use this partition", "User's group not permitted"),
        new(ErrorCode.PreconditionFailed, "The partition takes no jobs now: choose another, or wait until it is back (sinfo).",
            "Required partition not available", "Requested partition configuration not available now"),
        new(ErrorCode.SpecInvalid, "Choose an account that you may charge (sacctmgr show assoc user=$USER): the key account in clusters.yaml, or that of the request.",
            "Invalid account", "Unspecified account", "account/partition combination"),
        new(ErrorCode.SpecInvalid, "Choose a quality of service that you may use (sacctmgr show assoc user=$USER format=qos).",
            "Invalid qos", "QOS not permitted"),
        new(ErrorCode.SpecInvalid, "Correct the constraint: gpu_constraint in clusters.yaml, or that of the request; 'sinfo -o %f' lists features.",
            "Invalid feature specification", "Invalid constraint"),
        new(ErrorCode.SpecInvalid, "Correct the type or number of graphics processors, or choose a partition that has them (sinfo -o '%P %G').",
            "Invalid generic resource", "Invalid GRES", "Invalid Trackable RESource"),
        new(ErrorCode.SpecInvalid, "The array is larger than the site allows: set constraints.max_array_size in clusters.yaml below MaxArraySize of 'scontrol show config', or refresh the limits.",
            "Invalid job array specification"),
        new(ErrorCode.SpecInvalid, "No node of that partition has what one element asks for: lower processors, memory or graphics processors, or choose another partition (sinfo -N -o '%P %c %m %G').",
            "Requested node configuration is not available", "CPU count per node can not be satisfied", "More processors requested than permitted", "Node count specification invalid"),
        new(ErrorCode.PreconditionFailed, "A limit of the account or quality of service stands against it: see 'sacctmgr show assoc user=$USER' and 'sacctmgr show qos'.",
            "Job violates accounting/QOS policy", "AssocMax", "AssocGrp", "QOSMax", "QOSGrp"),
        new(ErrorCode.PreconditionFailed, "Free space on that file system of the cluster, then try again.", "No space left on device", "Disk quota exceeded"),
        new(ErrorCode.PreconditionFailed, "Ask the site for the right to do this.", "Access/permission denied", "User not allowed", "Invalid user id"),
        new(ErrorCode.SpecInvalid, "Correct the extra flags in clusters.yaml or in the request; 'sbatch --help' on the cluster lists what it knows.",
            "unrecognized option", "invalid option", "Invalid node name specified", "Invalid license specification", "Requested reservation is invalid", "ambiguous"),
    ];
}
