using System.Globalization;

namespace HpcAgent.Engine.Schedulers.Slurm;

/// <summary>The job script and the sbatch of one array.</summary>
internal static class SlurmSubmission
{
    private const string Template = "runtime/slurm/array.slurm";

    // Between the end of the dispatcher's grace and the kill: it still writes the event and removes its folder.
    private const int MarginSeconds = 10;

    // slurmctld looks at time limits every 30 seconds and sends the signal up to 60 seconds before it is due (man sbatch, --signal).
    private const int SlackSeconds = 60;

    public static string JobScript(ArraySubmission array) => Schedulers.JobScript.Render(Template, array, Time(array));

    /// <remarks>
    /// <list type="bullet">
    /// <item><c>--export=NIL</c>: the environment travels in a file of the run. NONE would run a login shell on the node for every element
    /// (--get-user-env), whose failure holds the job. Versions before NIL (22.05 tried) take it for the name of a variable,
    /// which does the same as NONE. The job script takes SLURM_EXPORT_ENV away, so that srun within a task hands down the task's environment.</item>
    /// <item><c>--requeue</c>: an element that was preempted or lost its node starts again by itself, even with no client online, and
    /// the dispatcher skips the tasks that are complete; without it preemption is the end of the element. Each start is an attempt in the events,
    /// so that a task that ends its nodes is seen there.</item>
    /// <item><c>--open-mode=append</c>: the second start does not wipe what the first one printed.</item>
    /// <item><c>--signal=B:</c> reaches the dispatcher alone, which then ends its tasks in its own way.</item>
    /// <item><c>--chdir</c>: the folder of the submission may not exist on the node (the job would end as FAILED 0:53).</item>
    /// </list>
    /// </remarks>
    public static string Command(ArraySubmission array)
    {
        SubmissionCheck.Require(array);
        SchedulerOptions options = array.Options;
        ElementTime? time = Time(array);
        string cpus = array.Resources.Cpus.ToString(CultureInfo.InvariantCulture);
        string signal = SignalSeconds(array).ToString(CultureInfo.InvariantCulture);
        SubmitCommand command = new SubmitCommand("sbatch")
            .Add("--parsable", "--job-name=" + array.JobName, "--array=" + Elements(array))
            .Add("--export=NIL", "--requeue", "--open-mode=append", "--signal=B:TERM@" + signal)
            .Add("--nodes=1", "--ntasks=1", "--cpus-per-task=" + cpus)
            .AddIf("--mem=", array.Resources.MemoryBytes is { } bytes ? SubmitCommand.Mebibytes(bytes) : null)
            .AddIf("--time=", time is { } limit ? (limit.LimitSeconds / 60).ToString(CultureInfo.InvariantCulture) : null)
            .AddIf("--gres=", Gres(array))
            .AddIf("--partition=", options.Partition)
            .AddIf("--account=", options.Account)
            .AddIf("--qos=", options.Qos)
            .AddIf("--constraint=", options.Constraint)
            .AddIf("--exclude=", array.ExcludedNodes.Count > 0 ? string.Join(',', array.ExcludedNodes) : null)
            .Add("--chdir=" + array.RunFolder)
            .Add("--output=" + OutputPattern(array.OutputFolder));
        if (array.WaitsForAnother) command.AddShell("--dependency=\"afterany:$hpc_after\"");
        if (options.ExtraFlags.Count > 0) command.Add([.. options.ExtraFlags]);
        return command.Add(array.ScriptPath).AddShell("\"$PATH\"").ToString();
    }

    // A throttle of 0 is accepted, and nothing ever starts; one that allows all elements is none.
    private static string Elements(ArraySubmission array) =>
        array.MaxConcurrentCount is { } limit and > 0 && limit < array.ElementCount
            ? string.Create(CultureInfo.InvariantCulture, $"1-{array.ElementCount}%{limit}")
            : string.Create(CultureInfo.InvariantCulture, $"1-{array.ElementCount}");

    private static ElementTime? Time(ArraySubmission array) =>
        array.Resources.Walltime is { } walltime ? ElementTime.Of(walltime, SignalSeconds(array), SlackSeconds, unitSeconds: 60) : null;

    private static long SignalSeconds(ArraySubmission array) => (long)Math.Ceiling(Math.Max(0, array.GraceSeconds)) + MarginSeconds;

    private static string? Gres(ArraySubmission array)
    {
        if (array.Resources.Gpus < 1) return null;
        string resource = array.Options.GpuResource is { Length: > 0 } name ? name : "gpu";
        string type = array.Options.GpuType is { Length: > 0 } gpu ? ":" + gpu : "";
        return string.Create(CultureInfo.InvariantCulture, $"{resource}{type}:{array.Resources.Gpus}");
    }

    private static string OutputPattern(string folder)
    {
        // One backslash anywhere turns all replacement off, and is itself removed.
        if (folder.Contains('\\', StringComparison.Ordinal))
            throw new HpcException(ErrorCode.SpecInvalid, $"Slurm cannot write into '{folder}': the path holds a backslash", "Choose a folder on the cluster without one.");
        return folder.Replace("%", "%%", StringComparison.Ordinal) + "/%x.%a.out";
    }
}
