using System.Globalization;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Submission;

/// <summary>Makes the draft of a canary from that of its run: the same code, command and environment, and one of its tasks.</summary>
internal static class CanaryDraft
{
    /// <summary>Makes the draft.</summary>
    /// <param name="main">The run.</param>
    /// <param name="generation">
    /// Which canary of its kind it is, from 0: a canary that passed stands in the way of another with the same identity, and must not do so for ever.
    /// </param>
    /// <exception cref="HpcException"><see cref="ErrorCode.SpecInvalid"/>: there is no such task, or it cannot be sent alone.</exception>
    public static RunDraft Create(RunDraft main, int generation)
    {
        RunTask task = Find(main);
        TaskSet one = TaskSet.FromMaps([task.Parameters]);
        RunSpec spec = main.Spec with
        {
            Tasks = one,
            ExpectedTaskCount = null,
            RunId = null,
            Canary = null,
            // What is wrong with it shall be told and not cured.
            AutoRetry = null,
            Plan = main.Spec.Plan with { MaxConcurrentCount = null, TaskDuration = null, TasksPerElement = null, ConcurrentTasksPerElement = 1 },
        };
        TaskIdentity identity = TaskIdentity.Compute(one);
        return main with
        {
            Spec = spec,
            Tasks = identity,
            IdentitySha = RunDraft.Identify(spec, identity.CmdSha, main.Code.Digest, main.Command, Marks(spec, generation)),
            Plan = spec.Cluster.Plan(1, spec.Plan),
            Warnings = [],
        };
    }

    /// <summary>The task that is sent, as its own parameters.</summary>
    /// <param name="main">The run.</param>
    public static RunTask Find(RunDraft main)
    {
        long wanted = main.Spec.Canary?.TaskId ?? 0;
        if (wanted >= main.Tasks.Count)
            throw new HpcException(
                ErrorCode.SpecInvalid,
                string.Create(CultureInfo.InvariantCulture, $"task {wanted} cannot be the canary: the run has {main.Tasks.Count} tasks"),
                string.Create(CultureInfo.InvariantCulture, $"Name one of the tasks 0 to {main.Tasks.Count - 1}, or leave it out for the first."));
        if (wanted > 0 && main.Command.ShellText.Contains("HPC_TASK_ID", StringComparison.Ordinal))
            throw new HpcException(
                ErrorCode.SpecInvalid,
                string.Create(CultureInfo.InvariantCulture, $"task {wanted} cannot be the canary: the command uses the task's id, and alone in its run it would have the id 0"),
                "Take the first task, or let the command use a parameter in place of the id.");
        return main.Spec.Tasks.Read().First(t => t.Id == wanted);
    }

    // What changes how long a task takes, where it runs and what it finds there makes another canary; memory and time limits do not.
    private static Dictionary<string, object?> Marks(RunSpec spec, int generation)
    {
        SchedulerOptions options = spec.Plan.Options;
        return new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["canary"] = (long)generation,
            ["cpus"] = (long)spec.Plan.Resources.Cpus,
            ["gpus"] = (long)spec.Plan.Resources.Gpus,
            ["place"] = new List<object?> { options.Partition, options.Queue, options.Constraint, options.GpuType },
            ["remote_path"] = spec.RemotePath,
        };
    }
}
