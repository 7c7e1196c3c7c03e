using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using HpcAgent.Engine.Operations.Schemas;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Operations.Submit;

/// <summary>A submission. The original's fields are taken as they are, so that what was written for it runs unchanged.</summary>
[InputSchema("submit-flow")]
[Description("Submits one run. Give a command and tasks; everything else has a default.")]
public sealed record SubmitRequest
{
    /// <summary>The cluster.</summary>
    [Description("The cluster; 'local' is this machine and needs no configuration.")]
    public string? Cluster { get; init; }

    /// <summary>A short name of the experiment, from which the run's name is made.</summary>
    [Description("A short name of the experiment; the run's name is made from it.")]
    [RegularExpression("^[A-Za-z0-9][A-Za-z0-9._-]*$")]
    public string? Name { get; init; }

    /// <summary>The run's name.</summary>
    [Description("The run's name; made from name, time and identity if it is not given.")]
    [RegularExpression("^[A-Za-z0-9._-]+$")]
    public string? RunId { get; init; }

    /// <summary>The command of one task, with placeholders.</summary>
    [Description("The command of one task; {name} stands for a parameter, {{ and }} for braces.")]
    public string? Command { get; init; }

    /// <summary>The program and its arguments, in place of a command.</summary>
    [Description("The program and its arguments, run without a shell's interpretation; in place of command.")]
    public IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>The original's executor: a command without placeholders.</summary>
    [Description("A command run as it is, without placeholders, as the original does.")]
    public string? Executor { get; init; }

    /// <summary>The tasks themselves.</summary>
    [Description("The tasks, each a map from parameter name to value.")]
    public JsonElement? Tasks { get; init; }

    /// <summary>A file with the tasks.</summary>
    [Description("A file with the tasks (.csv, .json, .jsonl, .yaml, .py), relative to the experiment; default .hpc/tasks.*.")]
    public string? TasksFile { get; init; }

    /// <summary>A generator of the tasks.</summary>
    [Description("A generator of the tasks: {kind, params}.")]
    public JsonElement? TaskGenerator { get; init; }

    /// <summary>How many tasks there must be.</summary>
    [Description("How many tasks there must be; a check.")]
    [Range(1, long.MaxValue)]
    public long? TotalTasks { get; init; }

    /// <summary>Time limit of a task.</summary>
    [Description("The time limit of one task: 90s, 30m, 2h, 1d, 48:00:00, 1-00:00:00.")]
    public string? Walltime { get; init; }

    /// <summary>Memory of a task.</summary>
    [Description("The memory of one task: 512M, 8G.")]
    public string? Memory { get; init; }

    /// <summary>Processors of a task.</summary>
    [Description("The processors of one task.")]
    [Range(1, 100000)]
    public int? Cpus { get; init; }

    /// <summary>Graphics processors of a task.</summary>
    [Description("The graphics processors of one task.")]
    [Range(0, 1000)]
    public int? Gpus { get; init; }

    /// <summary>How many tasks may run at once.</summary>
    [Description("How many tasks may run at once at most.")]
    [Range(1, int.MaxValue)]
    public int? MaxConcurrent { get; init; }

    /// <summary>Tasks that one array element runs, one after another.</summary>
    [Description("How many tasks one array element runs, one after another. Default: as many as the site's limits and the time of a task suggest.")]
    [Range(1, 100_000)]
    public int? TasksPerElement { get; init; }

    /// <summary>How long one task takes, roughly.</summary>
    [Description("How long one task takes, roughly: 5s, 10m. Short tasks are packed.")]
    public string? TaskDuration { get; init; }

    /// <summary>Slurm's partition.</summary>
    [Description("Slurm: the partition.")]
    public string? Partition { get; init; }

    /// <summary>Slurm's account or Grid Engine's project.</summary>
    [Description("Slurm: the account. Grid Engine: the project.")]
    public string? Account { get; init; }

    /// <summary>Slurm's quality of service.</summary>
    [Description("Slurm: the quality of service.")]
    public string? Qos { get; init; }

    /// <summary>Slurm's constraint.</summary>
    [Description("Slurm: the constraint, such as a100|v100.")]
    public string? Constraint { get; init; }

    /// <summary>Grid Engine's queue.</summary>
    [Description("Grid Engine: the queue.")]
    public string? Queue { get; init; }

    /// <summary>Grid Engine's parallel environment.</summary>
    [Description("Grid Engine: the parallel environment for more than one processor.")]
    public string? ParallelEnvironment { get; init; }

    /// <summary>The type of graphics processor.</summary>
    [Description("The type of graphics processor, such as a100.")]
    public string? GpuType { get; init; }

    /// <summary>Further arguments for sbatch or qsub.</summary>
    [Description("Further arguments for sbatch or qsub, each one word.")]
    public IReadOnlyList<string>? SubmitFlags { get; init; }

    /// <summary>The original's resources.</summary>
    [Description("Resources in the original's words: walltime_sec, mem_mb, cpus.")]
    public SubmitResources? Resources { get; init; }

    /// <summary>Variables for the tasks.</summary>
    [Description("Environment variables for the tasks.")]
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Shell text that runs before the tasks.</summary>
    [Description("Shell text that runs before the tasks, such as 'module load python'.")]
    public string? Preamble { get; init; }

    /// <summary>The shell of preamble and command.</summary>
    [Description("The shell of preamble and command; default bash.")]
    public string? Shell { get; init; }

    /// <summary>The folder of one task's results.</summary>
    [Description("The folder of one task's results below the run's, with placeholders; it must differ for every task.")]
    public string? ResultDirTemplate { get; init; }

    /// <summary>Runs that must have ended first.</summary>
    [Description("Names of runs of this experiment that must have ended before this one starts.")]
    public IReadOnlyList<string>? After { get; init; }

    /// <summary>The campaign.</summary>
    [Description("The campaign that the run belongs to.")]
    public string? CampaignId { get; init; }

    /// <summary>An id under which the request may be repeated.</summary>
    [Description("An id of this request, kept in the run's record.")]
    public string? RequestId { get; init; }

    /// <summary>The original's short name of the configuration.</summary>
    [Description("The original's short name of an experiment configuration; the run's name is made from it if name is not given.")]
    public string? Profile { get; init; }

    /// <summary>The original's ssh target.</summary>
    [Description("The original's user@host; the cluster's configuration decides.")]
    public string? SshTarget { get; init; }

    /// <summary>Where the run lives on the cluster.</summary>
    [Description("The absolute folder on the cluster below which the run lives.")]
    public string? RemotePath { get; init; }

    /// <summary>The original's job name.</summary>
    [Description("The original's name of the scheduler job.")]
    public string? JobName { get; init; }

    /// <summary>The original's backend.</summary>
    [Description("The original's scheduler; the cluster's configuration decides.")]
    public string? Backend { get; init; }

    /// <summary>The original's script.</summary>
    [Description("The original's job script; not used.")]
    public string? Script { get; init; }

    /// <summary>The original's job environment.</summary>
    [Description("The original's job environment; what is not its own plumbing reaches the tasks.")]
    public IReadOnlyDictionary<string, string>? JobEnv { get; init; }

    /// <summary>Whether one real task is sent before the run.</summary>
    [Description("Send one real task first, wait for it, and submit the run only if it succeeds; its time and memory go into the plan where none are given.")]
    public bool? Canary { get; init; }

    /// <summary>Whether only that task is sent.</summary>
    [Description("Send the canary and not the run, and do not wait for it: verify-canary judges it. The same request with canary in its place then goes on.")]
    public bool? CanaryOnly { get; init; }

    /// <summary>Which task is sent before the run.</summary>
    [Description("The 0-based id of the task that is the canary; default the first.")]
    [Range(0, long.MaxValue)]
    public long? CanaryTask { get; init; }

    /// <summary>The number of tasks up to which there is no canary.</summary>
    [Description("A run of no more tasks than this has no canary; default 4.")]
    [Range(0, int.MaxValue)]
    public int? CanarySkipThreshold { get; init; }

    /// <summary>Whether a canary is sent in every case.</summary>
    [Description("Send a canary however few tasks there are, and if one passed a short while ago.")]
    public bool? ForceCanary { get; init; }

    /// <summary>Seconds to wait for the canary.</summary>
    [Description("Seconds to wait for the end of the canary; default 1800. After that it goes on, and the same request goes on waiting.")]
    [Range(0, 1e9)]
    public double? CanaryWaitBudgetSec { get; init; }

    /// <summary>Files that the canary must leave.</summary>
    [Description("Files that the canary must leave, absolute on the cluster or relative to its result folder.")]
    public IReadOnlyList<string>? CanaryExpectOutput { get; init; }

    /// <summary>The original's Slurm account.</summary>
    [Description("The original's Slurm account; has no effect on 'local'.")]
    public string? SlurmAccount { get; init; }

    /// <summary>The original's Slurm cluster.</summary>
    [Description("The original's Slurm cluster; has no effect on 'local'.")]
    public string? SlurmCluster { get; init; }

    /// <summary>The original's name of a scheduler's settings.</summary>
    [Description("The original's name of a scheduler's settings; has no effect on 'local'.")]
    public string? SchedulerProfile { get; init; }

    /// <summary>The original's size of an array.</summary>
    [Description("The original's number of tasks in an array; has no effect on 'local'.")]
    [Range(1, int.MaxValue)]
    public int? TasksPerArray { get; init; }

    /// <summary>The original's runtime.</summary>
    [Description("The original's runtime, uv or null; not used, put 'uv sync' into preamble.")]
    [AllowedValues("uv", null)]
    public string? Runtime { get; init; }

    /// <summary>The original's dependency between probe and run.</summary>
    [Description("The original's dependency of the run on its canary; not used, the run is submitted behind it.")]
    public bool? EnableAfterokDependency { get; init; }

    /// <summary>What whoever watches the run does about its failed tasks.</summary>
    [Description("What whoever watches the run (monitor-flow) does about failed tasks when it would end with them: true for the usual policy, a number for so many retries a task at most, or an object such as {\"system_oom\": {\"max_retries\": 2, \"memory_factor\": 1.5}, \"max_retries\": 3, \"max_run_retries\": 100}. Default: nothing. Errors of code run again only if it names them.")]
    public JsonElement? AutoRetry { get; init; }

    /// <summary>The original's switch for sending killed tasks again.</summary>
    [Description("The original's switch for sending killed tasks again; not used, auto_retry does it.")]
    public bool? AutoResumeOnKill { get; init; }

    /// <summary>The original's cap on that.</summary>
    [Description("The original's cap on sending killed tasks again; not used.")]
    [Range(0, 1000)]
    public int? MaxAutoResumes { get; init; }

    /// <summary>The original's runs that this one builds on.</summary>
    [Description("The original's runs that this one builds on; not used, 'after' waits for runs.")]
    public JsonElement? Parents { get; init; }

    /// <summary>The original's data sets to check beforehand.</summary>
    [Description("The original's data sets to check beforehand; not used.")]
    public JsonElement? InputDatasets { get; init; }

    /// <summary>The original's choice of exported variables.</summary>
    [Description("Which variables of job_env reach the tasks; null for all; an empty list is refused.")]
    public IReadOnlyList<string>? PassEnvKeys { get; init; }

    /// <summary>The original's exclusions from the code.</summary>
    [Description("The original's patterns of files that are left out; not used, list them in .hpcignore.")]
    public IReadOnlyList<string>? RsyncExcludes { get; init; }

    /// <summary>The original's permission to end with failures.</summary>
    [Description("Ending with some failed tasks is acceptable.")]
    public bool? PartialOk { get; init; }

    /// <summary>The original's switch for code changes.</summary>
    [Description("Code is always part of the identity here; false is refused.")]
    public bool? InvalidateOnCodeChange { get; init; }

    /// <summary>Whether only the plan is wanted.</summary>
    [Description("Check everything and show the plan; submit nothing.")]
    public bool DryRun { get; init; }

    /// <summary>Tasks given as objects, by faces that have them.</summary>
    [JsonIgnore]
    public TaskSet? TaskSet { get; init; }
}
