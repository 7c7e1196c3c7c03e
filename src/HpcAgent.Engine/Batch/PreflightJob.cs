using System.Globalization;
using HpcAgent.Engine.Clusters;
using HpcAgent.Engine.Hosts;
using HpcAgent.Engine.Preflight;
using HpcAgent.Engine.Schedulers;
using HpcAgent.Engine.Tasks;

namespace HpcAgent.Engine.Batch;

/// <summary>A tiny job that runs what the site wants before every task and writes a file, and is waited for. Nothing but the scratch folder itself stays on the cluster.</summary>
internal sealed class PreflightJob(SiteConfig site, IHost host, IScheduler scheduler, CheckList checks)
{
    private const int WaitSeconds = 180;

    private const string Dispatch = """
        cd "$1" || exit 1
        hpc_sh=/bin/sh; command -v bash >/dev/null 2>&1 && hpc_sh=bash
        "$hpc_sh" ./preamble.sh >out 2>&1 </dev/null; hpc_s=$?
        printf '%s %s\n' "$hpc_s" "$(uname -n)" >.end && mv .end end
        exit 0

        """;

    private const string Text = """
        hpc_d=@FOLDER@
        hpc_m=$( { mkdir -p "$hpc_d/output" && printf '%s' @JOB@ >"$hpc_d/job.sh" && printf '%s' @DISPATCH@ >"$hpc_d/dispatch.sh" && printf '%s' @PREAMBLE@ >"$hpc_d/preamble.sh"; } 2>&1) ||
          { hpc_part folder; printf '%s\n' "$hpc_m"; rm -rf "$hpc_d"; exit 0; }
        hpc_o=$( { @SUBMIT@
        } 2>"$hpc_d/error"); hpc_s=$?
        hpc_part submit; printf '%s\n' "$hpc_o"; hpc_part submit-id; printf '%s\n' "$hpc_o" | @ID@; hpc_part submit-error; cat "$hpc_d/error"; hpc_part submit-status; echo "$hpc_s"
        [ "$hpc_s" = 0 ] || { rm -rf "$hpc_d"; exit 0; }
        hpc_n=0
        # Listing the folder lets a shared file system notice what is new in it.
        while [ ! -s "$hpc_d/end" ] && [ "$hpc_n" -lt @SECONDS@ ]; do sleep 1; hpc_n=$((hpc_n + 1)); ls "$hpc_d" >/dev/null 2>&1; done
        # A job that starts later finds no folder and ends at once: nothing need be cancelled.
        [ -s "$hpc_d/end" ] || { hpc_part late; echo; rm -rf "$hpc_d"; exit 0; }
        hpc_part end; cat "$hpc_d/end"; hpc_part out; tail -n 20 "$hpc_d/out"
        # The scheduler may still be writing its own log.
        sleep 1; rm -rf "$hpc_d"
        exit 0

        """;

    /// <summary>Runs it and adds the check.</summary>
    /// <param name="known">The answer of the other checks, which names the folder.</param>
    /// <param name="preamble">What tasks run first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Wire> RunAsync(HostAnswer known, string preamble, CancellationToken cancellationToken)
    {
        string scratch = known.Text("scratch").Split('\n')[1].TrimEnd('/');
        string folder = $"{scratch}/.hpc-check-{Guid.NewGuid():N}"[..(scratch.Length + 12 + 8)];
        try
        {
            HostAnswer answer = await host.RunAsync(
                new HostScript { Purpose = $"a job on {site.Name}", Text = Render(folder, preamble), Deadline = TimeSpan.FromSeconds(WaitSeconds + 150) }, cancellationToken);
            Judge(answer);
            return answer.Wire;
        }
        catch (HpcException e) when (HostFailure.Of(e) is { } failure)
        {
            checks.Fail(CheckName.Job, e.Message, e.Remediation, failure.Wire.Elapsed);
            return failure.Wire;
        }
    }

    private string Render(string folder, string preamble)
    {
        ResourceRequest resources = new() { Cpus = 1, MemoryBytes = 256L << 20, Walltime = TimeSpan.FromMinutes(5) };
        ArraySubmission array = new()
        {
            JobName = $"hpc-check-{folder[^8..]}",
            Index = 0,
            ElementCount = 1,
            RunFolder = folder,
            ScriptPath = $"{folder}/job.sh",
            OutputFolder = $"{folder}/output",
            Resources = resources,
            Options = site.OptionsFor(resources),
        };
        return Text
            .Replace("@ID@", JobIdText.Read, StringComparison.Ordinal)
            .Replace("@SECONDS@", WaitSeconds.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("@DISPATCH@", ShellQuote.Always(Dispatch), StringComparison.Ordinal)
            .Replace("@JOB@", ShellQuote.Always(scheduler.RenderJobScript(array)), StringComparison.Ordinal)
            .Replace("@SUBMIT@", scheduler.RenderSubmit(array), StringComparison.Ordinal)
            .Replace("@PREAMBLE@", ShellQuote.Always($"{preamble}:\n"), StringComparison.Ordinal)
            .Replace("@FOLDER@", ShellQuote.Always(folder), StringComparison.Ordinal);
    }

    private void Judge(HostAnswer answer)
    {
        TimeSpan took = answer.Wire.Elapsed;
        if (answer.Find("folder") is not null)
        {
            checks.Fail(CheckName.Job, $"the job's folder cannot be made: {answer.Text("folder")}", $"Set 'scratch' at {site.Origin} to a folder that you can write there.", took);
            return;
        }
        string words = answer.Text("submit-error");
        if (answer.Text("submit-status") != "0")
        {
            _ = int.TryParse(answer.Text("submit-status"), NumberStyles.None, CultureInfo.InvariantCulture, out int status);
            HpcException refusal = scheduler.Explain(status, $"{answer.Text("submit")}\n{words}");
            checks.Fail(CheckName.Job, refusal.Message, refusal.Remediation, took);
            return;
        }
        if (answer.Find("late") is not null)
        {
            checks.Warn(
                CheckName.Job,
                string.Create(CultureInfo.InvariantCulture, $"the job {answer.Text("submit-id")} had not ended after {WaitSeconds} s; if it starts later it ends at once"),
                "The queue may be long. If jobs do end there, look whether nodes see the folder: it must be on a shared file system.",
                took);
            return;
        }
        string[] end = answer.Text("end").Split(' ', 2);
        string node = end.Length > 1 ? end[1] : "a node";
        if (end[0] == "0") checks.Pass(CheckName.Job, $"a job ran on {node}", took);
        else
        {
            string said = Refusal.Words(answer.Text("out"));
            checks.Fail(CheckName.Job, $"on {node} the preamble ended with exit code {end[0]}: {said}", $"Correct 'modules', 'conda_source' or 'conda_envs' at {site.Origin}.", took);
        }
    }
}
