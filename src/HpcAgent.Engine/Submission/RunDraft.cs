using HpcAgent.Engine.Planning;
using HpcAgent.Engine.Snapshots;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Submission;

/// <summary>A submission that was checked and identified, and of which nothing has been sent or written.</summary>
public sealed record RunDraft
{
    /// <summary>What was asked for.</summary>
    public required RunSpec Spec { get; init; }

    /// <summary>How many tasks, and their parameter identity.</summary>
    public required TaskIdentity Tasks { get; init; }

    /// <summary>The command with references to variables.</summary>
    public required CommandTemplate Command { get; init; }

    /// <summary>The code.</summary>
    public required SnapshotManifest Code { get; init; }

    /// <summary>The full identity.</summary>
    public required string IdentitySha { get; init; }

    /// <summary>The plan.</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>Where the run will live on the cluster.</summary>
    public required string RemotePath { get; init; }

    /// <summary>What the caller should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Checks and identifies a submission.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="cancellationToken">Ends the work; nothing is left behind.</param>
    /// <exception cref="HpcException">Something about it cannot work.</exception>
    public static async Task<RunDraft> CreateAsync(RunSpec spec, CancellationToken cancellationToken)
    {
        TaskIdentity tasks = TaskIdentity.Compute(spec.Tasks, cancellationToken);
        if (spec.ExpectedTaskCount is { } expected && expected != tasks.Count)
            throw new HpcException(
                ErrorCode.SpecInvalid, $"the request says {expected} tasks, the task source has {tasks.Count}", "Correct total_tasks or the task source.");
        ParameterNames.Validate(tasks.ParameterNames);
        CommandTemplate command = ReadCommand(spec, tasks);
        CheckResultFolders(spec, cancellationToken);
        RunPlan plan = spec.Cluster.Plan(tasks.Count, spec.Plan);
        SnapshotManifest code = await SnapshotBuilder.BuildAsync(spec.ExperimentPath, cancellationToken: cancellationToken);
        RunDraft draft = new()
        {
            Spec = spec,
            Tasks = tasks,
            Command = command,
            Code = code,
            IdentitySha = Identify(spec, tasks.CmdSha, code.Digest, command, new Dictionary<string, object?>(StringComparer.Ordinal)),
            Plan = plan,
            RemotePath = spec.RemotePath ?? spec.Cluster.DefaultRemotePath(spec.ExperimentPath),
            Warnings = code.Notes,
        };
        return draft.WithPlan(plan);
    }

    /// <summary>The same with another plan, which says what the run takes up on its cluster and whether that is there.</summary>
    /// <param name="plan">A plan for the same tasks.</param>
    internal RunDraft WithPlan(RunPlan plan)
    {
        if (Spec.Cluster.FindRoom(RemotePath) is not { } room) return this with { Plan = plan };
        PlanFootprint least = PlanFootprint.Of(plan, Code, PlanFootprint.TableBytes(Spec.Tasks, Tasks.Count));
        RunPlan estimated = plan with { EstimatedFileCount = least.FileCount, EstimatedBytes = least.Bytes };
        return this with { Plan = estimated with { Assumptions = [.. plan.Assumptions, new RunFit(estimated, room, RemotePath).Line] } };
    }

    /// <summary>Refuses a run that cannot fit on its cluster.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="HpcException"><see cref="ErrorCode.PreconditionFailed"/>: it cannot fit, as the cluster says now.</exception>
    internal async Task RequireRoomAsync(CancellationToken cancellationToken)
    {
        if (Spec.Cluster.FindRoom(RemotePath) is not { } room || new RunFit(Plan, room, RemotePath).Fits) return;
        // What it told up to a day ago may have been cleaned up since.
        await Spec.Cluster.PrepareAsync(isFresh: true, cancellationToken);
        if (Spec.Cluster.FindRoom(RemotePath) is { } now && new RunFit(Plan, now, RemotePath) is { Fits: false } fit) throw fit.Refusal(Spec.Cluster.Describe().Origin);
    }

    /// <summary>The full identity of tasks with a code, a command and an environment.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="cmdSha">The identity of the tasks.</param>
    /// <param name="codeDigest">The digest of the code.</param>
    /// <param name="command">The command.</param>
    /// <param name="extra">What else makes it another run.</param>
    internal static string Identify(
        RunSpec spec, string cmdSha, string codeDigest, CommandTemplate command, Dictionary<string, object?> extra) => TaskIdentity.RunSha(
        cmdSha,
        codeDigest,
        command.ShellText,
        spec.Environment.ToDictionary(v => v.Key, v => (object?)v.Value, StringComparer.Ordinal),
        new Dictionary<string, object?>(extra, StringComparer.Ordinal)
        {
            ["cluster"] = spec.Cluster.Name,
            ["preamble"] = spec.Preamble,
            ["shell"] = spec.Shell,
            ["result_folder"] = spec.ResultTemplate,
        });

    private static CommandTemplate ReadCommand(RunSpec spec, TaskIdentity tasks)
    {
        CommandTemplate command = spec.CommandKind switch
        {
            Runs.CommandKind.Argv => CommandTemplate.FromArguments(spec.Arguments, tasks.ParameterNames),
            Runs.CommandKind.Executor => CommandTemplate.Verbatim(spec.Command),
            _ => CommandTemplate.Parse(spec.Command, tasks.ParameterNames),
        };
        command.CheckTasks(tasks);
        return command;
    }

    // Two tasks with one folder would overwrite each other's results, and only one would be counted.
    private static void CheckResultFolders(RunSpec spec, CancellationToken cancellationToken)
    {
        ResultFolder folder = ResultFolder.Parse(spec.ResultTemplate, "run");
        if (folder.IsDefault) return;
        Dictionary<string, long> seen = new(StringComparer.OrdinalIgnoreCase);
        foreach (RunTask task in spec.Tasks.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string path = folder.Format(task);
            if (folder.HasTaskId) return;
            if (seen.TryAdd(path, task.Id)) continue;
            throw new HpcException(
                ErrorCode.SpecInvalid,
                $"the result folder '{spec.ResultTemplate}' is the same for the tasks {seen[path]} and {task.Id}: '{path}'",
                "Add a parameter that differs, or {task_id}, to the template.");
        }
    }
}
