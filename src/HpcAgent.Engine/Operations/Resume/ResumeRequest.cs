using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HpcAgent.Engine.Operations.Schemas;

namespace HpcAgent.Engine.Operations.Resume;

/// <summary>Asks for failed tasks of a run to run again.</summary>
[InputSchema("resubmit")]
[Description("Sends failed tasks of a run again, with the memory, time and nodes that they turned out to need.")]
public sealed record ResumeRequest
{
    /// <summary>The run.</summary>
    [Description("The run.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public required string RunId { get; init; }

    /// <summary>The tasks; null for all that failed.</summary>
    [Description("Only these 0-based tasks, of those that failed.")]
    public IReadOnlyList<long>? FailedTaskIds { get; init; }

    /// <summary>The kinds of failure; null for all.</summary>
    [Description("Only tasks that failed for this cause, such as system_oom, walltime or node_failure.")]
    public string? Category { get; init; }

    /// <summary>What to ask for instead of what the planner finds.</summary>
    [Description("What each task asks for instead of what is found to be needed.")]
    public ResumeOverrides? Overrides { get; init; }

    /// <summary>Whether tasks whose code or input failed are sent again too.</summary>
    [Description("Send also tasks again whose code or input failed, and those that have used up their retries.")]
    public bool Force { get; init; }

    /// <summary>How many tasks may run at once.</summary>
    [Description("How many tasks may run at once.")]
    [Range(1, int.MaxValue)]
    public int? MaxConcurrent { get; init; }

    /// <summary>What is done about which failure, above what the run's own record says.</summary>
    [Description("What is done about which failure, such as {\"system_oom\": {\"max_retries\": 2, \"memory_factor\": 1.5}}; above the auto_retry of the run.")]
    public JsonElement? AutoRetry { get; init; }

    /// <summary>The caller's id of the request.</summary>
    [Description("The same id again does nothing and returns what was done.")]
    public string? RequestId { get; init; }

    /// <summary>Whether only the plan is wanted.</summary>
    [Description("Only show what would be sent.")]
    public bool DryRun { get; init; }

    /// <summary>The original's switch; false is the same as a dry run.</summary>
    [Description("The original's switch: false shows what would be sent and sends nothing; default true.")]
    public bool? SubmitToCluster { get; init; }
}

/// <summary>What each task asks for instead of what is found to be needed.</summary>
public sealed record ResumeOverrides
{
    /// <summary>The memory, such as <c>8G</c>.</summary>
    [Description("Memory of each task, such as 8G.")]
    public string? Memory { get; init; }

    /// <summary>The time limit, such as <c>2h</c>.</summary>
    [Description("Time limit of each task, such as 2h or 48:00:00.")]
    public string? Walltime { get; init; }

    /// <summary>How many graphics processors.</summary>
    [Description("Graphics processors of each task.")]
    [Range(0, 1000)]
    public int? Gpus { get; init; }

    /// <summary>The type of graphics processor.</summary>
    [Description("The type of graphics processor, such as a100.")]
    public string? GpuType { get; init; }

    /// <summary>Slurm's constraint.</summary>
    [Description("Slurm: the constraint, such as a100_80gb. With this, gpu_type, gpus, partition or queue tasks run again for which a GPU had too little memory.")]
    public string? Constraint { get; init; }

    /// <summary>Slurm's partition.</summary>
    [Description("Slurm: the partition.")]
    public string? Partition { get; init; }

    /// <summary>Slurm's quality of service.</summary>
    [Description("Slurm: the quality of service.")]
    public string? Qos { get; init; }

    /// <summary>Grid Engine's queue.</summary>
    [Description("Grid Engine: the queue.")]
    public string? Queue { get; init; }

    /// <summary>Nodes to leave out.</summary>
    [Description("Nodes on which they must not run; an empty list leaves none out.")]
    public IReadOnlyList<string>? ExcludeNodes { get; init; }
}
