using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Healing;
using HpcAgent.Engine.Learning;
using HpcAgent.Engine.Operations.Canary;
using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Runs;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Submission;

namespace HpcAgent.Engine.Operations.Submit;

/// <summary>Turns a request, with its defaults, its files and the original's fields, into a submission in the engine's terms.</summary>
internal static class SpecOfRequest
{
    // The original's own plumbing in job_env; here nothing needs it, and its EXECUTOR would run the dispatcher in place of the user's command.
    private static readonly HashSet<string> s_plumbing = new(StringComparer.Ordinal)
    {
        "EXECUTOR", "HPC_RUN_ID", "HPC_CMD_SHA", "HPC_TASK_COUNT", "REPO_DIR", "MODULES", "CONDA_SOURCE", "CONDA_ENV", "HPC_RUNTIME", "HPC_CAMPAIGN_ID",
    };

    public static async Task<(RunSpec Spec, IReadOnlyList<string> Warnings)> CreateAsync(
        SubmitRequest request, OperationContext context, CancellationToken cancellationToken)
    {
        List<string> warnings = [];
        if (request.PassEnvKeys is { Count: 0 })
            throw Invalid("pass_env_keys is empty, which could mean 'all' or 'none'", "Leave it out for all, or name the variables.");
        ICluster cluster = context.Cluster(request.Cluster ?? "local");
        if (request.InvalidateOnCodeChange == false)
            throw Invalid("invalidate_on_code_change cannot be false: code is part of a run's identity", "Leave it out.");
        Sidecar? given = await GivenRecordAsync(request, context, cancellationToken);
        (CommandKind kind, string command) = Command(request, given);
        warnings.AddRange(OriginalFields.Warnings(request, cluster.IsThisMachine));
        Dictionary<string, string> environment = Environment(request);
        RunSpec spec = new()
        {
            ExperimentPath = context.ExperimentPath,
            Cluster = cluster,
            Tasks = await RequestTasks.OpenAsync(request, context, cancellationToken),
            CommandKind = kind,
            Command = command,
            Arguments = request.Arguments ?? [],
            Name = request.Name ?? Slug(request.Profile ?? request.JobName ?? Path.GetFileName(context.ExperimentPath)),
            RunId = request.RunId,
            Plan = new PlanRequest
            {
                Resources = Resources(request),
                MaxConcurrentCount = request.MaxConcurrent,
                Shell = request.Shell,
                TasksPerElement = request.TasksPerElement,
                TaskDuration = request.TaskDuration is { } duration ? Walltime.Parse(duration) : null,
                History = TaskHistory.Of(
                    await new RuntimeSamples(context.State.Repository(context.ExperimentPath), cluster.Name).ReadAsync(cancellationToken), command),
                Options = Options(request),
            },
            ResultTemplate = First(request.ResultDirTemplate, given?.ResultDirTemplate),
            Environment = environment,
            ProcessEnvironment = cluster.IsThisMachine ? context.Environment : new Dictionary<string, string>(StringComparer.Ordinal),
            Preamble = cluster.Preamble + (request.Preamble ?? ""),
            Shell = request.Shell,
            // The original's remote path belongs to its cluster; on this machine runs live beside the experiment.
            RemotePath = cluster.IsThisMachine && request.SshTarget is not null ? null : request.RemotePath,
            CampaignId = request.CampaignId,
            RequestId = request.RequestId,
            Profile = request.Profile ?? "",
            After = request.After ?? [],
            AutoRetry = RetryPolicyReader.ForRecord(request.AutoRetry),
            ExpectedTaskCount = request.TotalTasks,
            Canary = CanaryWishes.Of(request, context.Environment),
            GraceSeconds = environment.TryGetValue("HPC_PREEMPT_GRACE_SEC", out string? grace) &&
                double.TryParse(grace, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out double seconds)
                    ? Math.Clamp(seconds, 0, 86400)
                    : 25,
        };
        return (spec, warnings);
    }

    // A harness of the original has written the run's record beforehand; what the request leaves out stands there.
    private static async Task<Sidecar?> GivenRecordAsync(SubmitRequest request, OperationContext context, CancellationToken cancellationToken) =>
        request is { RunId: { } runId, Command: null, Arguments: null, Executor: null }
            ? (await RunLookup.Store(context).FindAsync(RunId.Require(runId), cancellationToken))?.Sidecar
            : null;

    private static string? First(string? preferred, string? other) =>
        !string.IsNullOrEmpty(preferred) ? preferred : string.IsNullOrEmpty(other) ? null : other;

    private static (CommandKind Kind, string Command) Command(SubmitRequest request, Sidecar? record)
    {
        int given = (request.Command is null ? 0 : 1) + (request.Arguments is null ? 0 : 1) + (request.Executor is null ? 0 : 1);
        if (given > 1) throw Invalid("more than one of command, arguments and executor is given", "Give one of them.");
        if (request.Command is { } command) return (CommandKind.Command, command);
        if (request.Arguments is { } arguments) return (CommandKind.Argv, string.Join(' ', arguments));
        if (request.Executor is { } executor) return (CommandKind.Executor, RefuseDispatcher(executor));
        if (record?.Executor is { Length: > 0 } recorded) return (CommandKind.Executor, RefuseDispatcher(recorded));
        throw Invalid("there is no command", "Give command, such as \"python3 train.py --lr {lr}\".");
    }

    private static string RefuseDispatcher(string executor) =>
        executor.Contains("_hpc_dispatch", StringComparison.Ordinal)
            ? throw Invalid("the executor is the original's dispatcher, which would call itself for ever", "Give the command of one task.")
            : executor;

    private static Dictionary<string, string> Environment(SubmitRequest request)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal);
        foreach ((string name, string value) in request.JobEnv ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            bool passes = request.PassEnvKeys is null || request.PassEnvKeys.Contains(name, StringComparer.Ordinal);
            if (passes && !s_plumbing.Contains(name)) environment[name] = value;
        }
        foreach ((string name, string value) in request.Env ?? new Dictionary<string, string>(StringComparer.Ordinal)) environment[name] = value;
        foreach ((string name, string value) in environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
                throw Invalid($"the environment variable '{name}' cannot be set", "Names hold no '=', and neither names nor values hold a NUL.");
        }
        return environment;
    }

    private static SchedulerOptions Options(SubmitRequest request) => new()
    {
        Partition = request.Partition,
        Account = request.Account ?? request.SlurmAccount,
        Qos = request.Qos,
        Constraint = request.Constraint,
        Queue = request.Queue,
        ParallelEnvironment = request.ParallelEnvironment,
        GpuType = request.GpuType,
        ExtraFlags = request.SubmitFlags ?? [],
    };

    private static ResourceRequest Resources(SubmitRequest request)
    {
        SubmitResources? original = request.Resources;
        return new ResourceRequest
        {
            Cpus = request.Cpus ?? original?.Cpus ?? 1,
            Gpus = request.Gpus ?? 0,
            MemoryBytes = request.Memory is { } memory ? MemorySize.Parse(memory) : original?.MemMb is { } mb ? mb * 1024L * 1024 : null,
            Walltime = request.Walltime is { } walltime ? Walltime.Parse(walltime) : original?.WalltimeSec is { } s ? TimeSpan.FromSeconds(s) : null,
        };
    }

    private static string Slug(string text)
    {
        string slug = new([.. text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')]);
        slug = slug.TrimStart('-', '.');
        return slug.Length == 0 ? "run" : slug;
    }

    private static HpcException Invalid(string message, string remediation) => new(ErrorCode.SpecInvalid, message, remediation);
}
