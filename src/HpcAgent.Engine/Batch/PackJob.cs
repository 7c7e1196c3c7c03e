using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>
/// The job that packs the metrics of a run where they are too many for a login node. Jobs are numbered: <c>waves/job-N</c> is the folder of the N-th, and
/// it has a file <c>end</c> when it has ended. Each is claimed and submitted like an array, so that two clients submit one.
/// </summary>
/// <remarks>Parts: <c>array</c>, as in a submission; or <c>job-failed</c> with what the last job said.</remarks>
internal sealed class PackJob
{
    // Stands for the number in what is rendered here; the cluster knows it.
    private const string Number = "hpcpacknumber";
    private const int MostFilesOnLogin = 10_000;

    private const string Text = """
          hpc_k=0; while [ -e "$hpc_w/job-$hpc_k/end" ]; do hpc_k=$((hpc_k + 1)); done
          hpc_j=$hpc_w/job-$hpc_k; hpc_t=@TOKEN@-$hpc_k
          # A job that has left the queue without a word: its node died, or its time was over.
          if [ -s "$hpc_run/submit/$hpc_t/id" ] && [ -n "$(find "$hpc_run/submit/$hpc_t/id" -mmin +1 2>/dev/null)" ] && hpc_q=$(@QUEUE@); then
            read -r hpc_m <"$hpc_run/submit/$hpc_t/id"
            case " $hpc_q " in *[!0-9]"$hpc_m"[!0-9]*) ;; *) [ -e "$hpc_j/end" ] || echo "failed - the job $hpc_m left the queue without a word" >"$hpc_j/end" ;; esac
          fi
          # What a job has failed at is told once; the next call tries again.
          [ ! -e "$hpc_j/end" ] || hpc_k=$((hpc_k + 1))
          hpc_j=$hpc_w/job-$((hpc_k - 1))
          if grep -q '^failed' "$hpc_j/end" 2>/dev/null && mkdir "$hpc_j/told" 2>/dev/null; then
            hpc_part job-failed; grep '^failed' "$hpc_j/end"
          else
            hpc_j=$hpc_w/job-$hpc_k; hpc_t=@TOKEN@-$hpc_k
            if [ ! -s "$hpc_run/submit/$hpc_t/id" ]; then
              mkdir -p "$hpc_j/output" && printf '%s' @DISPATCH@ >"$hpc_j/dispatch.sh" && printf '%s' @SCRIPT@ | sed "s/@NUMBER@/$hpc_k/g" >"$hpc_j/.job.$$" && mv -f "$hpc_j/.job.$$" "$hpc_j/job.sh"
            fi
            hpc_after=; export hpc_after
            hpc_array 0 "$hpc_t" "$(printf '%s' @SUBMIT@ | sed "s/@NUMBER@/$hpc_k/g")" "$(printf '%s' @FIND@ | sed "s/@NUMBER@/$hpc_k/g")"
          fi
        """;

    private readonly IScheduler _scheduler;
    private readonly RunView _view;
    private readonly string _token;
    private readonly ArraySubmission _array;

    private PackJob(SiteConfig site, IScheduler scheduler, RunView view, string token)
    {
        (_scheduler, _view, _token) = (scheduler, view, token);
        SchedulerOptions asked = SchedulerOptionsJson.Read(view.Sidecar!.SchedulerOptions);
        ResourceRequest resources = new() { Cpus = 1, MemoryBytes = 1L << 30, Walltime = TimeSpan.FromHours(1) };
        string folder = $"{new RemotePaths(view.Run.RemotePath, view.Run.RunId).Run}/waves/job-{Number}";
        _array = new ArraySubmission
        {
            JobName = $"hpc-{token}-{Number}",
            Index = 0,
            ElementCount = 1,
            RunFolder = folder,
            ScriptPath = $"{folder}/job.sh",
            OutputFolder = $"{folder}/output",
            Resources = resources,
            // Where the run may run and who pays; not what its tasks need.
            Options = site.OptionsFor(resources, new SchedulerOptions { Partition = asked.Partition, Account = asked.Account, Qos = asked.Qos, Queue = asked.Queue }),
        };
    }

    /// <summary>How many files may be packed on the login node: a shell word.</summary>
    public string MostOnLogin => _view.Combine == CombinePlace.Node
        ? $"$(if [ -e \"$hpc_w/job-0/end\" ]; then echo {MostFilesOnLogin}; else echo 0; fi)" : $"{MostFilesOnLogin}";

    /// <summary>The job of a run; null if all is to be packed on the login node, or if too little is known of the run.</summary>
    /// <param name="site">The cluster.</param>
    /// <param name="scheduler">Its dialect.</param>
    /// <param name="view">The run.</param>
    public static PackJob? Of(SiteConfig site, IScheduler scheduler, RunView view) =>
        view.Combine != CombinePlace.Login && view.Sidecar?.Tokens is [var token, ..] ? new PackJob(site, scheduler, view, token) : null;

    /// <summary>What functions the script needs before.</summary>
    public string Functions => SubmissionScript.FunctionsFor(_scheduler);

    /// <summary>The part of the script that sees to the job.</summary>
    /// <param name="arguments">The arguments of <c>pack.sh</c> behind the run's folder.</param>
    public string Render(string arguments) => Text
        .Replace("@DISPATCH@", ShellQuote.Always($"/bin/sh \"${{1%/*}}/{PackScript.Name}\" \"${{1%/waves/*}}\" {arguments} >\"$1/.end\" 2>&1 || echo \"failed - {PackScript.Name} ended with exit code $?\" >>\"$1/.end\"\nmv \"$1/.end\" \"$1/end\"\nexit 0\n"), StringComparison.Ordinal)
        .Replace("@SCRIPT@", ShellQuote.Always(_scheduler.RenderJobScript(_array)), StringComparison.Ordinal)
        .Replace("@SUBMIT@", ShellQuote.Always(_scheduler.RenderSubmit(_array)), StringComparison.Ordinal)
        .Replace("@FIND@", ShellQuote.Always(_scheduler.FindByNameQuery(_array.JobName, _view.Run.SubmittedAt)), StringComparison.Ordinal)
        .Replace("@QUEUE@", _scheduler.QueueQuery, StringComparison.Ordinal)
        .Replace("@TOKEN@", _token, StringComparison.Ordinal)
        .Replace("@NUMBER@", Number, StringComparison.Ordinal);

    /// <summary>The scheduler's id of the job that packs.</summary>
    /// <param name="answer">The parts of the run.</param>
    /// <exception cref="HpcException">The last job failed, or this one could not be submitted.</exception>
    public string Read(HostAnswer answer)
    {
        if (answer.Find("job-failed") is not null)
            throw new HpcException(
                ErrorCode.CombinerFailed,
                $"the job that packs the results of {_view.Run.RunId} failed: {string.Join("; ", WaveExchange.Faults(answer.Text("job-failed"), "failed").Select(Said))}",
                "Repeat the command: what is packed stays, and the rest is packed by another job; or pack on the login node with combine login (-Combine login).");
        if (SubmissionAnswer.Read(answer).Arrays is not [var array, ..])
            throw new HpcException(ErrorCode.RemoteCommandFailed, $"nothing was said of the job that packs the results of {_view.Run.RunId}: {answer.ErrorText.Trim()}", "Try again.");
        if (array.JobId is { } id) return id;
        if (array.Outcome == ArrayOutcome.Refused) throw _scheduler.Explain(array.ExitCode, array.Words);
        throw new HpcException(
            ErrorCode.ClusterTimeout, $"whether the job that packs the results of {_view.Run.RunId} was taken cannot be said: {array.Words}", "Try again; what is in is found.");
    }

    private static string Said(WaveFault fault) => fault.Index < 0 ? fault.Reason : string.Create(CultureInfo.InvariantCulture, $"wave {fault.Index}: {fault.Reason}");
}
