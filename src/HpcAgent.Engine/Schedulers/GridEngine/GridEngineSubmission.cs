using System.Globalization;

namespace HpcAgent.Engine.Schedulers.GridEngine;

/// <summary>The job script and the qsub of one array.</summary>
internal static class GridEngineSubmission
{
    private const string Template = "runtime/sge/array.sh";

    // Between the end of the dispatcher's grace and the kill.
    private const int MarginSeconds = 5;

    public static string JobScript(ArraySubmission array) => Schedulers.JobScript.Render(Template, array, Time(array));

    /// <remarks>
    /// <list type="bullet">
    /// <item><c>-S /bin/sh</c>: the line with <c>#!</c> is ignored where the queue is posix_compliant. <c>-C ''</c>: no line of the script is an option.</item>
    /// <item><c>-w e</c>: what no queue can ever run is refused here; without it it would wait for ever in silence. Where a site's load sensors make
    /// that check wrong, <c>-w n</c> among the extra flags comes last and counts.</item>
    /// <item><c>-notify</c> and <c>s_rt</c>: there is no TERM here; USR2 comes before a qdel kills, USR1 at the soft time limit.</item>
    /// <item><c>-r y</c>: an element that lost its node starts again by itself when the site reschedules it, and the dispatcher skips what is complete.</item>
    /// <item><c>-o /dev/null</c>: the job script redirects by itself, since <c>-o</c> takes colons, commas and dollar signs apart.</item>
    /// </list>
    /// Memory is per slot, so it is divided by the slots and rounded up.
    /// </remarks>
    public static string Command(ArraySubmission array)
    {
        SubmissionCheck.Require(array);
        SchedulerOptions options = array.Options;
        int slots = array.Resources.Cpus;
        SubmitCommand command = new SubmitCommand("qsub")
            .Add("-terse", "-N", array.JobName, "-t", string.Create(CultureInfo.InvariantCulture, $"1-{array.ElementCount}"))
            .Add("-S", "/bin/sh", "-C", "", "-w", "e", "-r", "y", "-notify", "-j", "y", "-o", "/dev/null");
        // A throttle that allows all elements is none, and 0 must never be said.
        if (array.MaxConcurrentCount is { } limit and > 0 && limit < array.ElementCount) command.Add("-tc", limit.ToString(CultureInfo.InvariantCulture));
        if (slots > 1) command.Add("-pe", Environment(array), slots.ToString(CultureInfo.InvariantCulture));
        string resources = string.Join(',', Resources(array, slots));
        if (resources.Length > 0) command.Add("-l", resources);
        if (options.Queue is { Length: > 0 } queue) command.Add("-q", queue);
        if (options.Account is { Length: > 0 } project) command.Add("-P", project);
        if (array.WaitsForAnother) command.AddShell("-hold_jid \"$hpc_after\"");
        if (options.ExtraFlags.Count > 0) command.Add([.. options.ExtraFlags]);
        return command.Add(array.ScriptPath).ToString();
    }

    private static IEnumerable<string> Resources(ArraySubmission array, int slots)
    {
        SchedulerOptions options = array.Options;
        if (Time(array) is { } time)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"h_rt={time.LimitSeconds}");
            yield return string.Create(CultureInfo.InvariantCulture, $"s_rt={time.LimitSeconds - time.SignalSeconds}");
        }
        if (array.Resources.MemoryBytes is { } bytes)
        {
            string complex = options.MemoryComplex is { Length: > 0 } name ? name : "h_data";
            string amount = SubmitCommand.Mebibytes(bytes, slots);
            // Several, such as h_data,h_vmem, all get the amount.
            foreach (string each in complex.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)) yield return $"{each}={amount}";
        }
        if (array.ExcludedNodes.Count > 0) yield return $"hostname=!({string.Join('|', array.ExcludedNodes)})";
        if (array.Resources.Gpus < 1) yield break;
        string gpu = options.GpuResource is { Length: > 0 } resource ? resource : "gpu";
        yield return string.Create(CultureInfo.InvariantCulture, $"{gpu}={array.Resources.Gpus}");
        if (options.GpuType is { Length: > 0 } type) yield return type;
    }

    private static string Environment(ArraySubmission array) =>
        array.Options.ParallelEnvironment is { Length: > 0 } name
            ? name
            : throw new HpcException(
                ErrorCode.SpecInvalid,
                string.Create(CultureInfo.InvariantCulture, $"{array.Resources.Cpus} processors are asked for, and Grid Engine gives more than one only by a parallel environment, which is not named"),
                "Set parallel_environment in clusters.yaml to one that keeps all slots on one node ('qconf -spl' lists them, 'qconf -sp NAME' shows allocation_rule $pe_slots).");

    private static ElementTime? Time(ArraySubmission array)
    {
        long signal = (long)Math.Ceiling(Math.Max(0, array.GraceSeconds)) + MarginSeconds;
        return array.Resources.Walltime is { } walltime ? ElementTime.Of(walltime, signal, slackSeconds: 0, unitSeconds: 1) : null;
    }
}
